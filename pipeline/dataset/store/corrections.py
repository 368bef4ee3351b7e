"""Corrections on disk: `<document_id>.json` in a folder, one file a document, made to be read and kept under version
control.
"""

from __future__ import annotations

import codecs
import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Discriminator, TypeAdapter, ValidationError

from pipeline.document.corrections.model import NONE, AnyCorrection, CorrectionError, Corrections
from pipeline.messages import system_reason, t
from pipeline.regular_file import open_regular

_NAME = re.compile(r"[0-9a-f]{64}\.json")
_FORMAT: Literal[1] = 1


@dataclass(frozen=True, slots=True)
class _File:
    """The content of a file; `source_path` names the document for people."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid"}

    format: Literal[1]
    document_id: str
    source_path: str
    corrections: tuple[Annotated[AnyCorrection, Discriminator("kind")], ...]


_FILE = TypeAdapter(_File)


def corrections_path(folder: Path, document_id: str) -> Path:
    """Where the corrections of a document lie."""
    return folder / f"{document_id}.json"


def read_corrections(folder: Path, document_id: str) -> Corrections:
    """The corrections of a document, none when there is no file.

    Raises `CorrectionError` for a file that cannot be read or is malformed, naming it and the entry.
    """
    try:
        with open_regular(corrections_path(folder, document_id)) as file:
            data = file.read()
    except FileNotFoundError:
        return NONE
    except OSError as error:
        raise CorrectionError(
            "corrections.unreadable",
            t(
                "{folder}/{document_id}.json: {strerror}",
                folder=folder,
                document_id=document_id,
                strerror=system_reason(error),
            ),
        ) from error
    return Corrections(_parsed(data, folder, document_id).corrections, _digest(data))


def corrected_documents(folder: Path) -> dict[str, str]:
    """The digest of the corrections of every document that has some.

    Raises `CorrectionError` for a malformed file: no correction is skipped silently.
    """
    found, faults = correction_files(folder)
    for error in faults.values():
        raise error
    return found


def correction_files(folder: Path) -> tuple[dict[str, str], dict[str, CorrectionError]]:
    """The digest of the corrections of every document that has some, and the fault of every other JSON file by name."""
    found: dict[str, str] = {}
    faults: dict[str, CorrectionError] = {}
    for path in sorted(folder.glob("*.json")):
        try:
            if not _NAME.fullmatch(path.name):
                raise CorrectionError(
                    "corrections.name", t("{path}: its name is no document_id and .json: rename or move it", path=path)
                )
            if (digest := read_corrections(folder, path.stem).digest) is not None:
                found[path.stem] = digest
        except CorrectionError as error:
            faults[path.name] = error
    return found, faults


def change_corrections(
    folder: Path, document_id: str, source_path: str, before: str | None, made: Sequence[AnyCorrection]
) -> Corrections:
    """Writes the corrections of a document, whole or not at all; without any, the file goes.

    `before` is the digest that the person saw; raises `CorrectionError` (`corrections.changed`) when it has changed.
    """
    with _locked(folder):
        if read_corrections(folder, document_id).digest != before:
            raise CorrectionError("corrections.changed", t("the corrections have changed meanwhile: reload the page"))
        path = corrections_path(folder, document_id)
        if not made:
            path.unlink(missing_ok=True)
            return NONE
        data = _dumped(_File(_FORMAT, document_id, source_path, tuple(made)))
        _parsed(data, folder, document_id)
        part = path.with_suffix(".tmp")
        with part.open("wb") as sink:
            sink.write(data)
            sink.flush()
            os.fsync(sink.fileno())
        part.replace(path)
        return Corrections(tuple(made), _digest(data))


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One writer at a time; raises `CorrectionError` when the folder cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
    except OSError as error:
        message = t(
            "cannot write corrections at {folder}: {strerror}: choose another folder (--corrections)",
            folder=folder,
            strerror=system_reason(error),
        )
        raise CorrectionError("corrections.unwritable", message) from error


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def _dumped(file: _File) -> bytes:
    content = _without_nulls(asdict(file))
    content["corrections"] = [{"kind": e["kind"], **e, "when": e["when"].isoformat()} for e in content["corrections"]]
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(inner) for name, inner in value.items() if inner is not None}
    return [_without_nulls(inner) for inner in value] if isinstance(value, list | tuple) else value


def _parsed(data: bytes, folder: Path, document_id: str) -> _File:
    try:
        file = _FILE.validate_json(data.removeprefix(codecs.BOM_UTF8))  # of an editor on Windows
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or t("the file")
        message = t(
            "{folder}/{document_id}.json: {place}: {msg}: mend the file",
            folder=folder,
            document_id=document_id,
            place=place,
            msg=first["msg"],
        )
        raise CorrectionError("corrections.invalid", message) from error
    if file.document_id != document_id:
        message = t(
            "{folder}/{document_id}.json: document_id is another one: rename the file",
            folder=folder,
            document_id=document_id,
        )
        raise CorrectionError("corrections.invalid", message)
    return file
