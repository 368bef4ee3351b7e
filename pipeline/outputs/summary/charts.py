"""Lays out bar charts. Bars are horizontal, because the names are long and Chinese."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.outputs.summary.model import Bar, Cell, Chart, Column, Kind, Segment, Table, Tick

WIDTH = 960.0
ROW, BAR = 26.0, 16.0
FONT = 12.0
LEFT_MOST, RIGHT = 300.0, 90.0  # room for names at most, and for the labels at the ends of the bars
FOOT = 26.0  # the axis
TICKS = 5
YUAN = ((10**8, "亿元"), (10**4, "万元"), (1, "元"))


@dataclass(frozen=True, slots=True)
class _Group:
    name: str
    cells: tuple[Cell, ...]

    @property
    def values(self) -> tuple[float, ...]:
        return tuple(_number(cell) for cell in self.cells)


def bar_chart(
    table: Table, title: tuple[str, str], series: Sequence[str], bars: int = 20, named: int | None = None
) -> Chart | None:
    """Columns of a table as stacked bars, one bar per group; None when there is nothing to draw.

    The first `named` columns name the bars; if not given, all that name the groups.
    """
    columns = [column.name for column in table.columns]
    places = [columns.index(name) for name in series]
    groups = [
        _Group(_name(row[: named or table.by], table.columns), tuple(row[place] for place in places))
        for row in table.rows[:bars]
    ]
    groups = [group for group in groups if sum(group.values) > 0]
    if not groups:
        return None
    kind = table.columns[places[0]].kind
    step = _step(max(sum(group.values) for group in groups))
    top = step * -(-max(sum(group.values) for group in groups) // step)
    left = min(max(text_width(group.name) for group in groups) + 12, LEFT_MOST)
    scale = (WIDTH - left - RIGHT) / top
    divisor, unit = _unit(top, kind)
    return Chart(
        *title,
        tuple(
            f"{name.replace('_', ' ')} {table.columns[place].zh}" for name, place in zip(series, places, strict=True)
        ),
        tuple(_bar(group, n, left, scale, kind, series) for n, group in enumerate(groups)),
        tuple(
            Tick(left + n * step * scale, f"{n * step / divisor:,.10g}{unit if n else ''}")
            for n in range(round(top / step) + 1)
        ),
        WIDTH,
        len(groups) * ROW + FOOT,
        left,
        BAR,
    )


def text_width(text: str) -> float:
    """The approximate width of a text: Chinese characters are square, others a little more than half as wide."""
    return FONT * sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.58 for c in text)


def _bar(group: _Group, place: int, left: float, scale: float, kind: Kind, series: Sequence[str]) -> Bar:
    segments, x = [], left
    for number, (cell, value) in enumerate(zip(group.cells, group.values, strict=True)):
        label, width = _label(value, kind), value * scale
        if value > 0:
            title = f"{group.name}: {label} {series[number].replace('_', ' ')}"
            fits = value < sum(group.values) and text_width(label) + 8 < width
            segments.append(Segment(number, x, width, label if fits else "", title, cell.rows))
        x += width
    return Bar(_cut(group.name, left - 12), place * ROW, tuple(segments), x + 5, _label(sum(group.values), kind))


def _name(cells: Sequence[Cell], columns: Sequence[Column]) -> str:
    return " ".join(
        "no " + column.name.replace("_", " ") if cell.value is None else str(cell.value)
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


def _label(value: float, kind: Kind) -> str:
    divisor, unit = _unit(value, kind)
    if kind is Kind.PERCENT:
        return f"{value:.1f}%"
    return f"{value / divisor:,.2f}{unit}" if kind is Kind.YUAN else f"{value:,.0f}"


def _unit(value: float, kind: Kind) -> tuple[int, str]:
    if kind is Kind.PERCENT:
        return 1, "%"
    return next((u for u in YUAN if value >= u[0]), YUAN[-1]) if kind is Kind.YUAN else (1, "")


def _step(top: float) -> float:
    """A round distance of ticks: 1, 2 or 5 times a power of ten, at least 1."""
    power = 10.0 ** (len(str(int(top))) - 2)
    return next(max(f * power, 1.0) for f in (1, 2, 5, 10, 20, 50, 100) if top <= f * power * TICKS)


def _number(cell: Cell) -> float:
    return float(str(cell.value)) if cell.value is not None else 0.0
