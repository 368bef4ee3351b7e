"""The parts of a change report."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pipeline.document.result import Row


@dataclass(frozen=True, slots=True)
class Document:
    """A document as a report names it; `source_path` is relative to the raw folder."""

    document_id: str
    source_path: str
    publisher: str | None
    fiscal_year: int | None
    status: str
    forms: int
    error_code: str | None
    error_message: str | None
    superseded_by: str | None


@dataclass(frozen=True, slots=True)
class FormRows:
    """A form with its amounts and indicators, as rows of the tables."""

    form: Row
    funds: tuple[Row, ...] = ()
    indicators: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class FormName:
    """How people find a form: by its project (or department, or title) and the pages it stands on."""

    name: str
    form_kind: str
    page_first: int
    page_last: int

    def __str__(self) -> str:
        pages = f"{self.page_first}" if self.page_first == self.page_last else f"{self.page_first}–{self.page_last}"
        return f"{self.name or '(no name)'} (p. {pages})"


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A value of a form, old beside new. None: it was not there, or is not there any more.

    `item` names the amount or indicator that the value belongs to; it is empty for a value of the form itself.
    """

    form: FormName
    item: str
    field: str
    old: object
    new: object


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that has come or gone, or one value of a row that both versions have.

    `document` (its path below the raw folder), `form` and `row` are what people find the row by, the keys what SQL
    finds it by: the values of the table's primary key with a stroke between them. Where `column` is None, `old` or
    `new` is the whole row.
    """

    table: str
    change: Literal["added", "gone", "changed"]
    document: str
    form: str
    row: str
    column: str | None
    old: object
    new: object
    old_key: str | None
    new_key: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The forms of one document held against those of another, or of its earlier reading."""

    forms_added: tuple[FormName, ...] = ()
    forms_gone: tuple[FormName, ...] = ()
    values: tuple[ValueChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """A document whose forms can be held against earlier ones: its predecessor's, or its own as read before."""

    old: Document
    new: Document
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Example:
    """A place to look at."""

    source_path: str
    page: int


@dataclass(frozen=True, slots=True)
class LabelGroup:
    """A text that nothing knows, over all forms that print it.

    `known_as_label` tells a text that stands where labels stand from other text. `values` counts the unread texts
    beside and below it, which a meaning for it would explain.
    """

    text: str
    known_as_label: bool
    forms: int
    times: int
    values: int
    layouts: tuple[str, ...]
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """What a version holds; superseded documents are not counted."""

    documents: int
    forms: int
    indicators: int


@dataclass(frozen=True, slots=True)
class ChangeReport:
    """What version `number` holds that the version before it did not, and the other way round.

    `before` is None for the first version, and when the version before is not there any more, which `lost` tells:
    then nothing can be compared, and only what the version itself says is filled in.
    """

    number: int
    lost: bool
    before: Totals | None
    now: Totals
    added: tuple[Document, ...] = ()
    replaced: tuple[Compared, ...] = ()
    read_differently: tuple[Compared, ...] = ()
    not_ok: tuple[Document, ...] = ()
    labels: tuple[LabelGroup, ...] = field(default=())
