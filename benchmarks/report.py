"""The results as a Markdown table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmarks.model import FIND_TABLES, FLOOR, PDFPLUMBER, PROGRAM, Row

MEASURED = (FLOOR, PROGRAM, PDFPLUMBER, FIND_TABLES)
RATIOS = ((PROGRAM, FLOOR), (PDFPLUMBER, PROGRAM), (FIND_TABLES, PROGRAM))
HEAD = ("document", "pages", *MEASURED, *(f"{above} / {below}" for above, below in RATIOS))


def table(rows: Sequence[Row]) -> str:
    """CPU milliseconds a page and their ratios, one line a row."""
    cells = [HEAD, *(tuple(_cells(row)) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [_line([first.ljust(widths[0]), *map(str.rjust, rest, widths[1:])]) for first, *rest in cells]
    rule = _line(["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])])
    return "\n".join([lines[0], rule, *lines[1:]])


def _cells(row: Row) -> Iterable[str]:
    yield from (row.name, str(row.pages))
    for what in MEASURED:
        yield _number(row.a_page(what), 2) + (f" ({failed} failed)" if (failed := row.failed.get(what)) else "")
    for ratio in RATIOS:
        yield _number(row.ratio(*ratio), 1)


def _number(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
