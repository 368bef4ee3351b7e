"""The items of work on documents, and their results: small values that travel between processes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.dataset.landing.sources import Source
from pipeline.document.result import NOTHING_COMPARED, Agreement
from pipeline.messages import Text
from pipeline.pages.model import LostPage

Verify = Literal["off", "values", "findings", "all"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of one document: small, because it is sent between processes. Its rows lie in the staging area."""

    source_path: str
    status: str
    size: int
    pages: int
    error_code: str | None = None
    error_message: Text | None = None
    agreement: Agreement = NOTHING_COMPARED


@dataclass(frozen=True, slots=True)
class Lost:
    """A page that `reader` could not read, since its process was stopped or died."""

    reader: str
    page: LostPage


@dataclass(frozen=True, slots=True)
class Document:
    """A document to be assembled, read where nothing is stored; `lost` are pages that are not to be tried again."""

    source: Source
    lost: tuple[Lost, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadRange:
    """Pages of a document to be read by one reader: `numbers` from 1, in order."""

    source: Source
    reader: str
    numbers: tuple[int, ...]
    lost: tuple[Lost, ...] = ()


@dataclass(frozen=True, slots=True)
class Needed:
    """The ranges that a document still needs before it can be assembled."""

    ranges: tuple[ReadRange, ...]


Item = Document | ReadRange
Result = Outcome | Needed | None
