"""The parts of a dataset report. All values are computed; the template only lays them out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pipeline.language import Language
from pipeline.messages import NOTHING, Text

HALF = 64
"""Letters of headings that stand side by side in half of a window of 1,280 pixels; a Chinese character takes two."""


class Kind(StrEnum):
    """The format of a value."""

    TEXT = "text"
    COUNT = "count"
    PLAIN = "plain"  # years and pages: numbers without thousands separators
    YUAN = "yuan"
    PERCENT = "percent"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table, named in English and Chinese."""

    name: str
    zh: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Cell:
    """A value; `rows` is the id of the rows that it counts."""

    value: object
    rows: str | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """The first of the `total` rows that a number counts; `sql` selects all of them."""

    id: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[object, ...], ...]
    total: int
    sql: str


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers by group, which the first `by` columns name.

    `left_out` counts the groups that are not shown, `sql` gives them too.
    """

    title: str
    zh: str
    by: int
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...]
    left_out: int
    sql: str
    note: Text = NOTHING

    @property
    def wide(self) -> bool:
        """Whether the headings need more than half of the width of a small screen."""
        return sum(max(len(column.name), 2 * len(column.zh)) for column in self.columns) > HALF or len(self.columns) > 6


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar: `value` out of what the axis shows; `series` counts from 0."""

    series: int
    x: float
    width: float
    label: str
    title: str
    rows: str | None


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a drawing, `y` its upper edge, `name_y` the line of its name; `end` is where its own label begins."""

    name: str
    name_y: float
    y: float
    segments: tuple[Segment, ...]
    end: float
    label: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the axis."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Level bars, all lengths in units of the drawing. Names stand left of the bars, or above them (`left` is 0)."""

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    width: float
    height: float
    left: float
    bar_height: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Level bars, of several series stacked, drawn for wide and for narrow windows."""

    title: str
    zh: str
    series: tuple[str, ...]
    wide: Drawing
    narrow: Drawing
    note: Text = NOTHING
    """What the bars leave out."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the head of the report."""

    name: str
    zh: str
    cell: Cell
    kind: Kind = Kind.COUNT


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report; `text` explains it."""

    id: str
    title: str
    zh: str
    text: Text
    charts: tuple[Chart, ...]
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class DatasetReport:
    """The whole report of one version, of all years or of `year`."""

    version: int
    programs: tuple[str, ...]
    year: int | None
    figures: tuple[Figure, ...]
    sections: tuple[Section, ...]
    rows: tuple[Rows, ...]
    language: Language = "en"
