"""How worker processes share a large document: one reads it from the front, others read ranges ahead from its end.

Each range is claimed by whoever comes to it first. The process in front takes what it finds and reads what it does not
find: nothing is lost with a process, and nobody waits for one. What is done ahead is most of the work, from pages to
their grids; forms are put together in front, so that it makes no difference to them where a range ends.
"""

from __future__ import annotations

import marshal
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.dataset.errors import writing
from pipeline.dataset.landing.staging import FOLDER
from pipeline.dataset.store.paths import TEMPORARY, is_remote
from pipeline.document.ahead import PageRead
from pipeline.document.result import PageRange
from pipeline.pages.model import DocumentInfo
from pipeline.run.kept_pages import unpack, unpack_page


@dataclass(frozen=True, slots=True)
class Portion:
    """How a reader's work is divided: documents with more than `worth` pages to read, into ranges of `pages`.

    A process reads `at_once` ranges, then others have their turn.
    """

    worth: int
    pages: int
    at_once: int = 1


PORTIONS = {
    "mupdf": Portion(400, 100),  # 5 ms a page; as many pages as MuPDF reads before it opens a document anew
    "pdfplumber": Portion(100, 25, 8),  # 80 ms a page; opening the document takes 0.2 ms for each page that it has
}


class Ranges:
    """The ranges of one document that one reader reads: files in a folder below the dataset's staging area."""

    def __init__(self, out: Path, document_id: str, reader: str) -> None:
        self._out, self._folder = out, _folder(out, document_id) / reader

    def begin(self, ranges: Sequence[PageRange]) -> None:
        """Says which ranges there are. Raises `DatasetError` when the folder cannot be written."""
        with writing(self._out):
            (self._out / FOLDER).mkdir(mode=0o700, parents=True, exist_ok=True)  # as `stage` makes it
            shutil.rmtree(self._folder, ignore_errors=True)  # another run may have left something
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / "plan").write_bytes(marshal.dumps([tuple(pages) for pages in ranges]))

    def claim(self, first: int) -> bool:
        """Whether the range that begins with this page is left to whoever asks; also False when all is over."""
        try:
            (self._folder / f"{first}.claimed").touch(exist_ok=False)
        except OSError:
            return False
        return True

    def claim_from_end(self) -> Iterator[PageRange]:
        """The ranges that nobody has come to, the last ones first; each is claimed when it is its turn."""
        try:
            plan: list[PageRange] = marshal.loads((self._folder / "plan").read_bytes())
        except OSError:  # all is over
            return
        yield from (pages for pages in reversed(plan) if self.claim(pages[0]))

    def keep(self, first: int, data: bytes) -> None:
        """Keeps what was read of a range, packed: whole or, should the disk be full or all be over, not at all."""
        file = self._file(first)
        part = file.with_suffix(TEMPORARY)
        with suppress(OSError):
            part.write_bytes(data)
            part.replace(file)

    def load(self, first: int) -> list[bytes | None] | None:
        """What was kept of a range, page by page; None when nothing was, or it is damaged."""
        try:
            return unpack(self._file(first).read_bytes())
        except (OSError, ValueError):
            return None

    def _file(self, first: int) -> Path:
        return self._folder / f"{first}.pages"


class Front:
    """What the process in front is told of pages that were read ahead.

    `ask` has others begin with it, and is told how many ranges there are.
    """

    def __init__(self, ranges: Ranges, portion: Portion, ask: Callable[[int], object]) -> None:
        self._ranges, self._portion, self._ask = ranges, portion, ask
        self._starts: dict[int, int] = {}  # the first page of the range of each page
        self._first = 0  # of the range that the reading has come to
        self._pages: list[bytes | None] | None = None
        self._mine = False

    def opened(self, info: DocumentInfo, pages: Sequence[PageRange]) -> None:
        """Has others help with a document that is large; but not with a damaged one.

        How MuPDF repairs it may depend on what was read before, so that is left to one process.
        """
        if sum(last - first + 1 for first, last in pages) <= self._portion.worth or info.repaired:
            return
        ranges = list(_cut(pages, self._portion.pages))
        self._starts = {number: first for first, last in ranges for number in range(first, last + 1)}
        self._ranges.begin(ranges)
        self._ask(len(ranges))

    def page(self, number: int) -> PageRead | None:
        """The page as it was read ahead; None when nobody has, or it is not ready."""
        first = self._starts.get(number)
        if first is None:
            return None
        if first != self._first:
            self._first, self._pages, self._mine = first, None, self._ranges.claim(first)
        if self._pages is None and not self._mine:
            self._pages = self._ranges.load(first)
        page = self._pages[number - first] if self._pages else None
        return None if page is None else unpack_page(page)


def clear_ranges(out: Path, document_id: str) -> None:
    """Ends the sharing of a document: whoever comes late finds nothing to do."""
    if not is_remote(out):
        shutil.rmtree(_folder(out, document_id), ignore_errors=True)


def _folder(out: Path, document_id: str) -> Path:
    return out / FOLDER / "pages" / document_id  # cleared with what is staged, too, when a run lands


def _cut(pages: Iterable[PageRange], size: int) -> Iterator[PageRange]:
    for first, last in pages:
        for start in range(first, last + 1, size):
            yield start, min(start + size - 1, last)
