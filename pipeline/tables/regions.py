"""Text and table regions of a page, for the `regions` table: all content of a page, forms or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.tables.model import Box, Line, PageGrid
from pipeline.text import join_lines

PARAGRAPH = 0.8  # line heights between two lines of one text region, at most


def text_blocks(lines: Sequence[Line]) -> Iterator[tuple[Box, str]]:
    """Lines that follow each other closely, as one region each."""
    group: list[Line] = []
    bottom = 0.0
    for line in lines:
        _, y0, _, y1 = line.box
        if group and y0 - bottom > PARAGRAPH * (y1 - y0):
            yield _block(group)
            group = []
        group.append(line)
        bottom = y1
    if group:
        yield _block(group)


def _block(group: Sequence[Line]) -> tuple[Box, str]:
    if len(group) == 1:
        return group[0].box, group[0].text
    x0s, y0s, x1s, y1s = zip(*[line.box for line in group], strict=True)
    box = Box(min(x0s), y0s[0], max(x1s), max(y1s))
    return box, join_lines([x.text for x in group])


def page_regions(page: PageGrid) -> list[tuple[str, Box, str | None, list[dict[str, object]] | None]]:
    """(kind, box, text, cells) of each region from top to bottom; tables have cells, texts and pictures have none."""
    found: list[tuple[str, Box, str | None, list[dict[str, object]] | None]] = [
        ("text", box, text, None) for box, text in text_blocks(page.lines)
    ]
    found += [("picture", box, None, None) for box in page.pictures]
    for table in page.tables:
        cells: list[dict[str, object]] = [
            {"row": row, "column": column, "row_span": row_span, "column_span": column_span, "text": text}
            for row, column, row_span, column_span, _, _, text, _ in table.cells
        ]
        found.append(("table", table.box, None, cells))
    return sorted(found, key=lambda r: (r[1].y0, r[1].x0))
