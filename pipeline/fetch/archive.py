"""Unpacks PDFs from ZIP archives.

Names in an archive never become paths: files are written under generated names. An archive with a path outside its
folder is still refused as a whole, because its other content is not trustworthy either.
"""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from unicodedata import normalize

from pipeline.fetch.errors import FetchError
from pipeline.messages import Text, t

MAX_MEMBERS = 5000
MAX_RATIO = 200
"""Largest allowed compression ratio. PDFs are compressed already; a bomb of zeros reaches 1000."""

RATIO_FROM = 2**20
"""Size in bytes up to which any ratio is allowed."""

MAX_TOTAL = 4
"""Limit for all members together, as a multiple of the limit for one file."""

_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(NotImplementedError, EOFError, RuntimeError, OverflowError, UnicodeDecodeError),
)
"""What `zipfile` raises about an archive; `UnicodeDecodeError` for a name that is said to be UTF-8 and is not."""

_UTF8 = 0x800
_ENCRYPTED = 0x1
_CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Member:
    """A PDF in an archive; `name` is its path there, in Unicode."""

    name: str
    info: zipfile.ZipInfo

    @property
    def stem(self) -> str:
        return PurePosixPath(self.name).stem


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Opens the archive. Faults of the archive are raised as `FetchError`."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except _DAMAGE as error:
        raise _damaged(error) from error
    except OSError as error:
        if error.errno is not None:  # of the disk; that of bz2 about its data has no number
            raise
        raise _damaged(error) from error


def members(archive: zipfile.ZipFile, limit: int) -> list[Member]:
    """The PDFs in the archive. Raises `FetchError` when one is larger than `limit` bytes or the archive is refused."""
    files = [info for info in archive.infolist() if not info.is_dir()]
    if len(files) > MAX_MEMBERS:
        raise _refused(
            t("{count} files are in it; {max_members} are allowed", count=len(files), max_members=MAX_MEMBERS)
        )
    if sum(info.file_size for info in files) > MAX_TOTAL * limit:
        raise _refused(t("unpacked it is larger than {max_total:g} MiB", max_total=MAX_TOTAL * limit / 2**20))
    found = [Member(_name(info), info) for info in files]
    for member in found:
        _check(member, limit)
    if nested := [member.name for member in found if member.name.lower().endswith((".zip", ".rar", ".7z"))]:
        raise _refused(t("there is an archive in it, which is not opened: {nested}", nested=nested[0]))
    pdfs = [member for member in found if member.name.lower().endswith(".pdf") and not _is_litter(member.name)]
    if not pdfs:
        raise FetchError("fetch.archive", t("there is no PDF in the archive"))
    names = Counter(normalize("NFC", str(PurePosixPath(member.name))) for member in pdfs)
    if twice := [name for name, count in names.items() if count > 1]:
        raise _refused(t("two files in it are called {twice}", twice=twice[0]))
    return sorted(pdfs, key=lambda member: member.name)


def unpack(archive: zipfile.ZipFile, member: Member, to: Path) -> None:
    """Writes one member to the file `to` and verifies its checksum."""
    left = member.info.file_size
    with archive.open(member.info) as source, to.open("wb") as sink:
        while chunk := source.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise _refused(t("{name} is larger than it says", name=member.name))
            sink.write(chunk)


def _check(member: Member, limit: int) -> None:
    info, name = member.info, member.name
    if name.startswith("/") or ".." in PurePosixPath(name).parts or (len(name) > 1 and name[1] == ":"):
        raise _refused(t("a file wants to lie outside of it: {name}", name=name))
    if info.flag_bits & _ENCRYPTED:
        raise _refused(t("{name} is encrypted", name=name))
    if info.file_size > limit:
        raise _refused(t("{name} is larger than {limit:g} MiB (max_file_mib)", name=name, limit=limit / 2**20))
    if info.file_size > RATIO_FROM and info.file_size > MAX_RATIO * max(info.compress_size, 1):
        raise _refused(
            t(
                "{name} is packed {file_size} times: a bomb",
                name=name,
                file_size=info.file_size // max(info.compress_size, 1),
            )
        )


def _name(info: zipfile.ZipInfo) -> str:
    """The name in its original charset: `zipfile` decodes names without the UTF-8 flag as code page 437."""
    name = info.orig_filename
    if not info.flag_bits & _UTF8:
        raw = name.encode("cp437", "replace")
        for charset in ("utf-8", "gb18030"):
            try:
                name = raw.decode(charset)
                break
            except UnicodeDecodeError:
                continue
    return name.partition("\0")[0].replace("\\", "/")


def _is_litter(name: str) -> bool:
    """Whether a member is metadata that macOS adds to archives, or a hidden file."""
    return name.startswith("__MACOSX/") or PurePosixPath(name).name.startswith(".")


def _damaged(error: Exception) -> FetchError:
    return _refused(t("damaged, or packed in a way that is not understood: {error}", error=error))


def _refused(why: Text) -> FetchError:
    return FetchError("fetch.archive", t("the archive is refused: {why}", why=why))
