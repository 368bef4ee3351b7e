"""Lays out bar charts. Bars are horizontal, because the names are long and Chinese."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.language import Language, shown
from pipeline.messages import NOTHING, t, tn
from pipeline.outputs.summary.model import Bar, Cell, Chart, Column, Drawing, Kind, Segment, Table, Tick

BARS = 20  # of a chart
BAR = 16.0
FONT = 12.0
LEFT_MOST, RIGHT = 300.0, 90.0  # room for names at most, and for the labels at the ends of the bars
FOOT = 26.0  # the axis
YUAN: Mapping[Language, Sequence[tuple[int, str]]] = {
    "zh": ((10**8, "亿元"), (10**4, "万元"), (1, "元")),
    "en": ((10**9, " bn"), (10**6, " m"), (1, "")),
}
"""The units of amounts; in English of yuan, which the text around a chart has to say."""


@dataclass(frozen=True, slots=True)
class _Window:
    """A width to draw for. A narrow one has no room for names beside the bars, and few ticks."""

    width: float
    row: float
    ticks: int
    names_above: bool = False


WIDE, NARROW = _Window(960, 26, 5), _Window(340, 42, 3, names_above=True)


@dataclass(frozen=True, slots=True)
class _Scale:
    """What the numbers are, and the language of their units."""

    kind: Kind
    language: Language

    def label(self, value: float) -> str:
        divisor, unit = self.unit(value)
        if self.kind is Kind.PERCENT:
            return f"{value:.1f}%"
        return f"{value / divisor:,.2f}{unit}" if self.kind is Kind.YUAN else f"{value:,.0f}"

    def unit(self, value: float) -> tuple[int, str]:
        if self.kind is Kind.PERCENT:
            return 1, "%"
        units = YUAN[self.language]
        return next((u for u in units if value >= u[0]), units[-1]) if self.kind is Kind.YUAN else (1, "")


@dataclass(frozen=True, slots=True)
class _Group:
    name: str
    cells: tuple[Cell, ...]

    @property
    def values(self) -> tuple[float, ...]:
        return tuple(_number(cell) for cell in self.cells)


def bar_chart(
    table: Table,
    title: tuple[str, str],
    series: Sequence[str],
    bars: int = BARS,
    named: int | None = None,
    language: Language = "en",
) -> Chart | None:
    """Columns of a table as stacked bars, one bar per group; None when there is nothing to draw.

    The first `named` columns name the bars; if not given, all that name the groups.
    """
    columns = [column.name for column in table.columns]
    places = [columns.index(name) for name in series]
    groups = [
        _Group(_name(row[: named or table.by], table.columns, language), tuple(row[place] for place in places))
        for row in table.rows[:bars]
    ]
    groups = [group for group in groups if sum(group.values) > 0]
    if not groups:
        return None
    scale = _Scale(table.columns[places[0]].kind, language)
    names = tuple(heading(table.columns[place], language) for place in places)
    return Chart(*title, names, _drawing(groups, scale, names, WIDE), _drawing(groups, scale, names, NARROW))


def heading(column: Column, language: Language) -> str:
    """The name of a column for people."""
    return column.zh if language == "zh" else column.name.replace("_", " ")


def covered(chart: Chart | None, table: Table, counted: str, of: str, bars: int) -> Chart | None:
    """The chart of the first `bars` groups of a table, with what share of all it covers: the numbers in the column
    `counted` of the groups, of the total of the column `of`, both of projects."""
    if chart is None:
        return None
    columns = [column.name for column in table.columns]
    number = int(sum(_number(row[columns.index(counted)]) for row in table.rows[:bars]))
    total = int(_number(table.total[columns.index(of)]))
    if number == total:
        return replace(
            chart, note=tn("The bars cover the only project.", "The bars cover all {count:,} projects.", total)
        )
    left_out = len(table.rows) + table.left_out - bars
    below = t(", or are in the {left_out:,} groups below the first {bars}", left_out=left_out, bars=bars)
    note = t(
        "The bars cover {number:,} of {total:,} projects ({share:.1f}%); the others print no such amount{below}.",
        number=number,
        total=total,
        share=100 * number / total,
        below=below if left_out > 0 else NOTHING,
    )
    return replace(chart, note=note)


def _drawing(groups: Sequence[_Group], scale: _Scale, series: Sequence[str], window: _Window) -> Drawing:
    step = _step(max(sum(group.values) for group in groups), window.ticks)
    top = step * -(-max(sum(group.values) for group in groups) // step)
    left = 0.0 if window.names_above else min(max(text_width(group.name) for group in groups) + 12, LEFT_MOST)
    length = (window.width - left - RIGHT) / top
    divisor, unit = scale.unit(top)
    return Drawing(
        tuple(_bar(group, n, (left, length), scale, series, window) for n, group in enumerate(groups)),
        tuple(
            Tick(left + n * step * length, f"{n * step / divisor:,.10g}{unit if n else ''}")
            for n in range(round(top / step) + 1)
        ),
        window.width,
        len(groups) * window.row + FOOT,
        left,
        BAR,
    )


def text_width(text: str) -> float:
    """The approximate width of a text: Chinese characters are square, others a little more than half as wide."""
    return FONT * sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.58 for c in text)


def _bar(
    group: _Group, place: int, axis: tuple[float, float], scale: _Scale, series: Sequence[str], window: _Window
) -> Bar:
    """The bar of a group; `axis` is where bars begin, and the length of a unit."""
    left, length = axis
    segments, x = [], left
    for number, (cell, value) in enumerate(zip(group.cells, group.values, strict=True)):
        label, width = scale.label(value), value * length
        if value > 0:
            title = shown(
                t("{name}: {number} {series}", name=group.name, number=label, series=series[number]), scale.language
            )
            fits = value < sum(group.values) and text_width(label) + 8 < width
            segments.append(Segment(number, x, width, label if fits else "", title, cell.rows))
        x += width
    upper, lower = place * window.row, (place + 1) * window.row
    name = _cut(group.name, window.width - 4 if window.names_above else left - 12)
    name_y = upper + FONT + 4 if window.names_above else lower - 9
    return Bar(name, name_y, lower - 5 - BAR, tuple(segments), x + 5, scale.label(sum(group.values)))


def _name(cells: Sequence[Cell], columns: Sequence[Column], language: Language) -> str:
    return " ".join(
        shown(t("no {name}", name=heading(column, language)), language) if cell.value is None else str(cell.value)
        for cell, column in zip(cells, columns, strict=False)
    )


def _cut(name: str, width: float) -> str:
    """The name, shortened in the middle to fit: names of one place often begin alike."""
    cut = name
    for kept in range(len(name) - 1, 1, -1):
        if text_width(cut) <= width:
            break
        cut = f"{name[: kept // 2]}…{name[-(kept - kept // 2) :]}"
    return cut


def _step(top: float, ticks: int) -> float:
    """A round distance of ticks: 1, 2 or 5 times a power of ten, at least 1."""
    power = 10.0 ** (len(str(int(top))) - 2)
    return next(max(f * power, 1.0) for f in (1, 2, 5, 10, 20, 50, 100) if top <= f * power * ticks)


def _number(cell: Cell) -> float:
    return float(str(cell.value)) if cell.value is not None else 0.0
