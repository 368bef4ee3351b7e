"""The parts of a change report."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Document:
    """A document in a report; `source_path` is relative to the raw folder."""

    document_id: str
    source_path: str
    publisher: str | None
    fiscal_year: int | None
    status: str
    forms: int
    error_code: str | None
    error_message: str | None
    superseded_by: str | None
    error_message_zh: str | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that was added or is gone, or one changed value of a row that both versions have.

    `document` (its path below the raw folder), `form` and `row` name the row for people; the keys name it for SQL: the
    values of the table's primary key, joined by a stroke. Where `column` is None, `old` or `new` is the whole row.
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
    """Differences between the forms and budget tables of one document and those of its predecessor or of its earlier
    reading."""

    forms_added: tuple[Difference, ...] = ()
    forms_gone: tuple[Difference, ...] = ()
    tables_added: tuple[Difference, ...] = ()
    tables_gone: tuple[Difference, ...] = ()
    values: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """A document with its predecessor, or with itself as it was read before, and how their forms differ."""

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
    """A text that no dictionary knows, over all forms that print it.

    `known_as_label` is true when the text stands in the place of a label. `values` counts the unread texts beside and
    below it, which would be read if the dictionary had the label.
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
    """Counts of one version, without superseded documents."""

    documents: int
    forms: int
    indicators: int
    budget_tables: int
    budget_lines: int


@dataclass(frozen=True, slots=True)
class ChangeReport:
    """The differences between version `number` and the version before it.

    `before` is None for the first version, and when the version before was removed (`lost`). Then nothing is compared,
    and only fields about the version itself are filled in.
    """

    number: int
    lost: bool
    before: Totals | None
    now: Totals
    added: tuple[Document, ...] = ()
    removed: tuple[Document, ...] = ()
    replaced: tuple[Compared, ...] = ()
    read_differently: tuple[Compared, ...] = ()
    not_ok: tuple[Document, ...] = ()
    labels: tuple[LabelGroup, ...] = field(default=())
