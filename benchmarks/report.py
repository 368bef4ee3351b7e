"""The results as a Markdown table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmarks.model import CAMELOT, FIND_TABLES, FLOOR, IMG2TABLE, PDFPLUMBER, PROGRAM, Measured, Row

MEASURED = (FLOOR, PROGRAM, PDFPLUMBER, FIND_TABLES, CAMELOT, IMG2TABLE)
RATIOS = ((PROGRAM, FLOOR),)
HEAD = ("document", "pages", *MEASURED, *(f"{above} / {below}" for above, below in RATIOS))
SUMMARY = ("", "CPU ms a page", "pages a CPU second", "times this program", "peak MiB", "cells read exactly")


def table(rows: Sequence[Row]) -> str:
    """CPU milliseconds a page and their ratios, one line a row."""
    return _lines([HEAD, *(tuple(_cells(row)) for row in rows)])


def summary(every: Row, measured: Sequence[Measured]) -> str:
    """One line a program: what a page costs it, what memory it took, and what it reads of the transcribed cells."""
    lines = [SUMMARY]
    for program in measured:
        cost = every.a_page(program.name)
        lines.append(
            (
                program.name,
                _number(cost, 2),
                _number(1000 / cost if cost else None, 0),
                _number(every.ratio(program.name, PROGRAM), 1),
                _number(program.memory, 0),
                f"{program.read / program.cells:.1%} of {program.cells}" if program.cells else "–",
            )
        )
    return _lines(lines)


def _lines(cells: Sequence[Sequence[str]]) -> str:
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
