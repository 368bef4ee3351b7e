"""Forms before their values are understood: printed texts with their places, by role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.forms.alignment import SAME_PLACE, Alignment
from pipeline.forms.cell_index import CellIndex
from pipeline.forms.dictionary import Knowledge, Label, Layout
from pipeline.forms.header import Header, find_headers
from pipeline.forms.reading import UnreadKind
from pipeline.forms.roles import Field, Role, Scope, Source
from pipeline.tables.model import Box, Cell, Line, Table
from pipeline.text import join_lines


class Part(NamedTuple):
    """A piece of a printed value on one page."""

    page: int
    box: Box
    text: str


class Unplaced(NamedTuple):
    """A value that a person has added: its page is known, its box is not."""

    page: int
    text: str
    box: None = None


class Value(NamedTuple):
    """A printed value; several parts when a page break or several cells divide it.

    `clipped`: some of its text is stored in the file but not visible on the page.
    """

    text: str
    parts: tuple[Part, ...]
    clipped: bool = False

    @property
    def page(self) -> int:
        return self.parts[0].page


def together(values: Sequence[Value]) -> Value:
    """The values that a page break or several cells divide, as one."""
    if len(values) == 1:
        return values[0]
    parts = tuple(part for value in values for part in value.parts)
    return Value(join_lines([value.text for value in values]), parts, any(value.clipped for value in values))


def printed_line(page: int, line: Line) -> Value:
    """A line as a value."""
    return Value(line.text, (Part(page, line.box, line.text),))


def printed(page: int, cell: Cell) -> Value:
    """A cell as a value."""
    _, _, _, _, box, lines, text, clipped = cell
    if lines:  # the text's own box, not the cell's: that is what one looks at
        box = lines[0].box if len(lines) == 1 else _around(lines)
    if clipped:  # clipped lines lie outside of the cell, where nobody sees them
        x0, y0, x1, y1 = cell.box
        seen = Box(max(box.x0, x0), max(box.y0, y0), min(box.x1, x1), min(box.y1, y1))
        box = seen if seen.x0 < seen.x1 and seen.y0 < seen.y1 else cell.box
    return Value(text, (Part(page, box, text),), clipped)


def _around(lines: Sequence[Line]) -> Box:
    x0s, y0s, x1s, y1s = zip(*[line.box for line in lines], strict=True)
    return Box(min(x0s), min(y0s), max(x1s), max(y1s))


class RawFund(NamedTuple):
    """An amount line: `label` as printed, `scope` and `source` as far as labels say.

    `item`: a share by purpose (基本支出, 项目支出), which is no source of money, or a part of a subtotal. `unit` is
    that of the heading over the amount, if one is printed there.
    """

    label: str
    source: Source
    scope: Scope | None
    amount: Value
    rate: Value | None = None
    score: Value | None = None
    weight: Value | None = None  # points that the execution rate is worth
    item: bool = False
    unit: str | None = None


def source_of(label: Label) -> Source:
    """Where money of a label comes from; `other` where the label does not say."""
    return label.source or "other"


def raw_fund(text: str, label: Label, amount: Value) -> RawFund:
    """An amount line of a label that is printed as `text`."""
    return RawFund(text, source_of(label), label.scope, amount, item=label.part == "item")


class RawIndicator(NamedTuple):
    """An indicator row: printed texts by column role, blank cells left out; `page` is the row's own.

    `is_several`: the lines of its cells are several indicators, and do not pair.
    """

    page: int
    cells: dict[Role, Value]
    is_several: bool = False


class ValuePlace(NamedTuple):
    """Where the value of a goal's or field's label stands: its left edge in points, by which its rest is known.

    `at_foot`: the value ends with its table, so that a page break may have cut it.
    """

    label: Label
    left: float
    at_foot: bool


def goal_scope(label: Label) -> Scope:
    """The period of a goal: the year where its label does not say one."""
    return label.scope or "annual"


class OtherValue(NamedTuple):
    """A label with a value that has no column in the tables, both as printed; `box` is that of the value."""

    label: str
    text: str
    page: int
    box: Box


class RawTask(NamedTuple):
    """A main task of a department: printed texts by column; `unit` is that of its amounts as its headings name it."""

    page: int
    cells: dict[str, Value]
    unit: str | None = None


class TaskColumn(NamedTuple):
    """A column of tasks from `x0` to `x1`; `column` is None where tasks have no such column. `text` is its heading."""

    column: str | None
    text: str
    x0: float
    x1: float


class OpenTasks(NamedTuple):
    """The columns of a table of tasks that a page ends with, and the unit of their amounts."""

    label: Label
    columns: tuple[TaskColumn, ...]
    unit: str | None


class Unread(NamedTuple):
    """A text inside the form's grid that no field used."""

    kind: UnreadKind
    text: str
    page: int
    box: Box


@dataclass(slots=True)
class RawForm:
    """What a form prints, found but not yet understood. Filled while the form is walked, then left alone."""

    layout: Layout
    page_first: int
    page_last: int
    title: Value | None = None
    year_line: Value | None = None
    unit: Value | None = None
    fields: dict[Field, Value] = field(default_factory=dict)
    funds: list[RawFund] = field(default_factory=list)
    goals: dict[Scope, Value] = field(default_factory=dict)
    totals: dict[Role, Value] = field(default_factory=dict)  # weight and score of the row that sums up the indicators
    indicators: list[RawIndicator] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    value_places: list[ValuePlace] = field(default_factory=list)
    others: list[OtherValue] = field(default_factory=list)
    tasks: list[RawTask] = field(default_factory=list)
    open_tasks: OpenTasks | None = None  # the table of tasks that the last page ended with
    labels: dict[Field, str] = field(default_factory=dict)  # the printed labels of fields
    goals_actual: dict[Scope, Value] = field(default_factory=dict)  # what was reached of each goal
    in_prose: bool = False  # a list of amounts and goals that has no column for indicators
    context_fields: dict[Field, Value] = field(default_factory=dict)
    weak: frozenset[Field] = frozenset()  # fields that only a label of who fills the form in has given


class Piece(NamedTuple):
    """Rows `first` to `last` (exclusive) of a table that belong to one form or list.

    `headers` are the headers of the whole table as the general dictionary knows them. `alignment` says where the
    columns of the piece before stand in this one.
    """

    cells: CellIndex
    headers: tuple[Header, ...]
    first: int
    last: int
    alignment: Alignment = SAME_PLACE

    @property
    def table(self) -> Table:
        return self.cells.table


class Seam(NamedTuple):
    """Where the right part of a sheet cut into two pages was put beside the left one, in points.

    `x` is the border between them; the right part was moved by `right`, and up by `up`.
    """

    x: float
    right: float
    up: float

    def to_left(self, box: Box) -> Box:
        """A box of the right part's page as it stands beside the left part."""
        return Box(box.x0 + self.right, box.y0 - self.up, box.x1 + self.right, box.y1 - self.up)

    def to_right(self, box: Box) -> Box:
        """A box beside the left part as it stands on the right part's page."""
        return Box(box.x0 - self.right, box.y0 + self.up, box.x1 - self.right, box.y1 + self.up)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form's or list's tables across pages, with the lines printed above its first table.

    `header`: that of the form before, as it would stand above the first table; a form that runs on below another may
    print none. `seam`: where the right part of the first table begins, which stands on the next page.
    """

    pieces: tuple[Piece, ...]
    above: tuple[tuple[int, Line], ...]
    header: Header | None = None
    seam: Seam | None = None


def headers_of(piece: Piece, knowledge: Knowledge, layout: Layout) -> Sequence[Header]:
    """A piece's headers under a layout; only a layout with labels of its own reads them differently."""
    return find_headers(piece.cells, knowledge, layout) if layout.labels else piece.headers
