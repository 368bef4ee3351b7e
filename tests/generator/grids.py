"""A table from rows of texts, as a person sketches it: "<" goes on with the cell at its left, "^" with the upper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.generator.drawing import DrawnCell, DrawnPage, DrawnTable, DrawnText

ROW, MARGIN, TOP = 20, 40, 90


def sketched(rows: Sequence[Sequence[str]], widths: Sequence[float] | None = None) -> DrawnTable:
    """A ruled table; a cell whose text begins with a blank is indented by as many characters."""
    count = len(rows[0])
    cells = [
        DrawnCell(
            n,
            m,
            _down(rows, n, m),
            _right(rows, n, m),
            text.strip(),
            align="left" if text.startswith(" ") else "centre",
        )
        for n, row in enumerate(rows)
        for m, text in enumerate(row)
        if text not in ("<", "^")
    ]
    return DrawnTable(MARGIN, TOP, tuple(widths or [760 / count] * count), (ROW,) * len(rows), tuple(cells))


def titled(title: str, rows: Sequence[Sequence[str]], *above: str, note: str = "", unit: str = "万元") -> DrawnPage:
    """A landscape page with a title, lines below it, the unit of money and a table."""
    table = sketched(rows)
    texts = [DrawnText(420, 30, title, "centre", 14)]
    texts += [DrawnText(40, 55, text) for text in above]
    texts += [DrawnText(790, 70, f"单位：{unit}", "right")] if unit else []
    texts += [DrawnText(40, table.rows[-1] + 8, note)] if note else []
    return DrawnPage(842, 595, tuple(texts), (table,))


def untitled(rows: Sequence[Sequence[str]]) -> DrawnPage:
    """A page that a table runs on to."""
    return DrawnPage(842, 595, (), (sketched(rows),))


def _right(rows: Sequence[Sequence[str]], n: int, m: int) -> int:
    return 1 + len(list(_while(rows[n][m + 1 :], "<")))


def _down(rows: Sequence[Sequence[str]], n: int, m: int) -> int:
    return 1 + len(list(_while([row[m] for row in rows[n + 1 :]], "^")))


def _while(texts: Sequence[str], mark: str) -> Iterator[str]:
    for text in texts:
        if text != mark:
            return
        yield text
