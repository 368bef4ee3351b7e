"""Text and table regions of a page, for the `regions` table: what a page holds, forms or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.grid.model import Box, Line, PageGrid
from pipeline.text import join_lines

PARAGRAPH = 0.8  # line heights between two lines of one text region, at most


def text_blocks(lines: Sequence[Line]) -> Iterator[tuple[Box, str]]:
    """Lines that follow each other closely, as one region each."""
    group: list[Line] = []
    for line in lines:
        if group and line.box.y0 - group[-1].box.y1 > PARAGRAPH * (line.box.y1 - line.box.y0):
            yield _block(group)
            group = []
        group.append(line)
    if group:
        yield _block(group)


def _block(group: Sequence[Line]) -> tuple[Box, str]:
    box = Box(min(x.box.x0 for x in group), group[0].box.y0, max(x.box.x1 for x in group), max(x.box.y1 for x in group))
    return box, join_lines([x.text for x in group])


def page_regions(page: PageGrid) -> Iterator[tuple[str, Box, str | None, list[dict[str, object]] | None]]:
    """(kind, box, text, cells) of each region from top to bottom; tables have cells, texts have none."""
    found: list[tuple[str, Box, str | None, list[dict[str, object]] | None]] = [
        ("text", box, text, None) for box, text in text_blocks(page.lines)
    ]
    for table in page.tables:
        cells: list[dict[str, object]] = [
            {"row": c.row, "column": c.column, "row_span": c.row_span, "column_span": c.column_span, "text": c.text}
            for c in table.cells
        ]
        found.append(("table", table.box, None, cells))
    return iter(sorted(found, key=lambda r: (r[1].y0, r[1].x0)))
