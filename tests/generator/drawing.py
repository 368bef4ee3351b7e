"""Tables and texts drawn as a small, deterministic PDF with a subset CJK font embedded."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache, lru_cache
from itertools import accumulate, pairwise
from typing import Literal, NamedTuple

import pymupdf

from .borders import BORDER_SIGNS, Borders, border_operators

Align = Literal["left", "centre", "right"]
Box = tuple[float, float, float, float]
LINE_HEIGHT = 1.2  # of the font size
PADDING = 3.0  # points between a rule and the text beside it
RULE = 0.72  # points, thinner than the 1.5 a reader may take for a filled area
BASELINE = 0.96  # of the font size, below the top of the line
TURNS = {0: (1, 0, 0, 1), 90: (0, 1, -1, 0), 180: (-1, 0, 0, -1), 270: (0, -1, 1, 0)}


class Producer(Enum):
    """How the borders of cells are drawn."""

    LINES = "lines"  # four stroked lines a cell, shared borders twice
    RECTANGLES = "rectangles"  # thin filled rectangles, every border in short abutting pieces


@dataclass(frozen=True, slots=True)
class DrawnText:
    """Text without borders: `x` is its left end, middle or right end as `align` says, `y` its top, in points."""

    x: float
    y: float
    text: str
    align: Align = "left"
    font_size: float = 9


@dataclass(frozen=True, slots=True)
class DrawnCell:
    """A cell of a table, rows and columns counted from 0.

    `text` holds its printed line breaks; `vertical` prints one character a line; `borders` names the sides that are
    ruled (left, top, right, bottom); `clipped` hides what does not fit, as spreadsheets do, but leaves it in the file.
    `beyond` is how far, in points, the whole of a cell that a page break cuts reaches above and below its part here.
    """

    row: int
    column: int
    row_span: int = 1
    column_span: int = 1
    text: str = ""
    align: Align = "centre"
    vertical: bool = False
    font_size: float = 9
    borders: str = "LTRB"
    clipped: bool = False
    beyond: tuple[float, float] = (0, 0)


@dataclass(frozen=True, slots=True)
class DrawnTable:
    """A ruled table whose top left corner is at (x, y); widths and heights in points."""

    x: float
    y: float
    column_widths: tuple[float, ...]
    row_heights: tuple[float, ...]
    cells: tuple[DrawnCell, ...]

    @property
    def columns(self) -> list[float]:
        """The x of every column's left end, and of the last one's right end."""
        return list(accumulate(self.column_widths, initial=self.x))

    @property
    def rows(self) -> list[float]:
        """The y of every row's top, and of the last one's bottom."""
        return list(accumulate(self.row_heights, initial=self.y))

    def box(self, cell: DrawnCell) -> Box:
        """Where a cell stands: x0, y0, x1, y1."""
        columns, rows = self.columns, self.rows
        right, bottom = columns[cell.column + cell.column_span], rows[cell.row + cell.row_span]
        return columns[cell.column], rows[cell.row], right, bottom


class PrintedLine(NamedTuple):
    """One line of a text: its left end and its baseline, in points from the top left of the page."""

    x: float
    baseline: float
    text: str


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """A page as displayed, in points from the top left; `rotation` (a multiple of 90) changes only how it is stored.

    `cropbox` (x0, y0, x1, y1 on the whole page) shows a part of the page. `covers` are white rectangles painted over
    everything, and `redrawn` are texts printed over them.
    """

    width: float = 595
    height: float = 842
    texts: tuple[DrawnText, ...] = ()
    tables: tuple[DrawnTable, ...] = ()
    rotation: int = 0
    cropbox: Box | None = None
    covers: tuple[Box, ...] = ()
    redrawn: tuple[DrawnText, ...] = ()


def ruled_table(
    rows: Sequence[Sequence[str | None]],
    column_widths: Sequence[float],
    row_height: float = 20,
    x: float = 40,
    y: float = 60,
) -> DrawnTable:
    """A table of equal rows, one text a column; None merges a cell into the one above it."""
    cells = []
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            if text is not None:
                below = [following[column] for following in rows[row + 1 :]] + [""]
                span = 1 + next(count for count, other in enumerate(below) if other is not None)
                cells.append(DrawnCell(row, column, row_span=span, text=text))
    return DrawnTable(x, y, tuple(column_widths), (row_height,) * len(rows), tuple(cells))


def text_height(text: str, font_size: float) -> float:
    """Points taken by the printed lines of a text."""
    return len(text.split("\n")) * font_size * LINE_HEIGHT


def text_box(text: DrawnText) -> Box:
    """A box in which `lines_of` puts the text where the page has it: as wide as nothing, at its end or middle."""
    x = text.x + {"left": -PADDING, "centre": 0, "right": PADDING}[text.align]
    return x, text.y, x, text.y + text_height(text.text, text.font_size)


def lines_of(box: Box, content: DrawnCell | DrawnText) -> Iterator[PrintedLine]:
    """The printed lines of a text, blank ones left out; together they stand in the middle of the height of a box.

    Raises ValueError for a character that the font cannot print.
    """
    x0, y0, x1, y1 = box
    vertical = isinstance(content, DrawnCell) and content.vertical
    lines = list(content.text) if vertical else content.text.split("\n")
    size = content.font_size
    top = (y0 + y1 - text_height("\n".join(lines), size)) / 2
    for number, text in enumerate(lines):
        width = sum(advance(character) for character in text) * size
        x = {"left": x0 + PADDING, "centre": (x0 + x1 - width) / 2, "right": x1 - PADDING - width}[content.align]
        if text:
            yield PrintedLine(x, top + (number * LINE_HEIGHT + BASELINE) * size, text)


def shows_text(table: DrawnTable, cell: DrawnCell) -> bool:
    """Whether a whole line of a cell's text is visible."""
    x0, y0, x1, y1 = table.box(cell)
    whole = x0, y0 - cell.beyond[0], x1, y1 + cell.beyond[1]
    lines = lines_of(whole, cell)
    return any(y0 < line.baseline - BASELINE * cell.font_size and line.baseline < y1 for line in lines)


def draw(pages: Sequence[DrawnPage], producer: Producer | Borders, whole_font: bool = False) -> bytes:
    """The pages as a PDF: the same input gives the same bytes.

    With `whole_font` the font is described as MuPDF leaves it: widths and code points of all of its 34,010 glyphs.
    pdfminer needs half of its time for a page to read them, so other PDFs describe the characters that they print.

    Raises ValueError for a character that the font cannot print.
    """
    return _drawn(tuple(pages), producer, whole_font)


@lru_cache(maxsize=64)
def _drawn(pages: tuple[DrawnPage, ...], producer: Producer | Borders, whole_font: bool) -> bytes:
    with pymupdf.open() as document:
        font = document.new_page().insert_font("F0", fontbuffer=_font().buffer)
        for page in pages:
            _add_page(document, page, producer, font)
        document.delete_page(0)
        document.subset_fonts()
        if not whole_font:
            _describe_glyphs(document, font, pages)
        document.set_metadata({"producer": f"budget-forms tests, {producer.value}"})
        pdf: bytes = document.tobytes(garbage=4, deflate=True, use_objstms=1, no_new_id=True)
    return pdf


def _describe_glyphs(document: pymupdf.Document, font: int, pages: Sequence[DrawnPage]) -> None:
    """Reduces the font's widths and code points to the characters of the pages and of borders."""
    used = sorted({(glyph_code(character), character) for character in (*_characters(pages), *BORDER_SIGNS)})
    mapped = "\n".join(f"<{code}> <{ord(character):04X}>" for code, character in used)
    lines = f"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n{len(used)} beginbfchar\n{mapped}\nendbfchar"
    code_points = f"/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n{lines}\nendcmap end end"
    document.update_stream(_xref(document, font, "ToUnicode"), code_points.encode())
    widths = " ".join(f"{int(code, 16)}[{round(1000 * advance(character))}]" for code, character in used)
    document.xref_set_key(_xref(document, font, "DescendantFonts"), "W", f"[{widths}]")


def _xref(document: pymupdf.Document, xref: int, key: str) -> int:
    """The object that a key of another one refers to, alone or as the only one of a list."""
    return int(document.xref_get_key(xref, key)[1].strip("[]").split()[0])


def _characters(pages: Sequence[DrawnPage]) -> set[str]:
    cells = (cell.text for page in pages for table in page.tables for cell in table.cells)
    free = (text.text for page in pages for text in (*page.texts, *page.redrawn))
    return {*"".join((*cells, *free))} - {"\n"}


def _add_page(document: pymupdf.Document, page: DrawnPage, producer: Producer | Borders, font: int) -> None:
    a, b, c, d = TURNS[page.rotation]
    width, height = (page.height, page.width) if page.rotation % 180 else (page.width, page.height)
    # the turned page is moved back into the quadrant where a page lies
    turn = (a, b, c, d, width * (a + c < 0), height * (b + d < 0))
    stored = document.new_page(width=width, height=height)
    stream = document.get_new_xref()
    document.update_object(stream, "<<>>")
    document.update_stream(stream, "\n".join(_operators(page, producer, turn)).encode())
    stored.set_contents(stream)
    document.xref_set_key(stored.xref, "Resources", f"<</Font<</F0 {font} 0 R>>>>")
    if page.cropbox:
        x0, y0, x1, y1 = page.cropbox
        crop = pymupdf.Rect(x0, page.height - y1, x1, page.height - y0) * pymupdf.Matrix(*turn)
        document.xref_set_key(stored.xref, "CropBox", f"[{crop.x0:g} {crop.y0:g} {crop.x1:g} {crop.y1:g}]")
    stored.set_rotation(page.rotation)


def _operators(page: DrawnPage, producer: Producer | Borders, turn: Sequence[float]) -> Iterator[str]:
    yield " ".join(f"{number:g}" for number in turn) + f" cm {RULE} w"
    for table in page.tables:
        yield from _borders(table, producer, page.height)
        for cell in table.cells:
            box = table.box(cell)
            printed = _printed(page.height, (box[0], box[1] - cell.beyond[0], box[2], box[3] + cell.beyond[1]), cell)
            yield from _clipped(page.height, box, printed) if cell.clipped else printed
    for text in page.texts:
        yield from _free_text(page.height, text)
    for x0, y0, x1, y1 in page.covers:
        yield f"1 g {x0:.2f} {page.height - y1:.2f} {x1 - x0:.2f} {y1 - y0:.2f} re f 0 g"
    for text in page.redrawn:
        yield from _free_text(page.height, text)


def _borders(table: DrawnTable, producer: Producer | Borders, height: float) -> Iterator[str]:
    if isinstance(producer, Borders):
        yield from border_operators(table, producer, height)
        return
    for x0, y0, x1, y1 in rules_of(table, producer):
        if producer is Producer.LINES:
            yield f"{x0:.2f} {height - y0:.2f} m {x1:.2f} {height - y1:.2f} l S"
        else:
            left, low = x0 - RULE / 2 * (x0 == x1), height - y1 - RULE / 2 * (y0 == y1)
            yield f"{left:.2f} {low:.2f} {max(x1 - x0, RULE):.2f} {max(y1 - y0, RULE):.2f} re f"


def _free_text(page_height: float, text: DrawnText) -> Iterator[str]:
    return _printed(page_height, text_box(text), text)


def rules_of(table: DrawnTable, producer: Producer) -> Iterator[Box]:
    """The lines to draw, from the top left of the page: each once or, where stroked, once for every cell beside it."""
    sides: list[Box] = []
    for cell in table.cells:
        x0, y0, x1, y1 = table.box(cell)
        ends = {"L": (x0, y0, x0, y1), "T": (x0, y0, x1, y0), "R": (x1, y0, x1, y1), "B": (x0, y1, x1, y1)}
        sides += (ends[border] for border in cell.borders)
    if producer is Producer.LINES:
        yield from sides
    else:
        yield from dict.fromkeys(piece for side in sides for piece in _pieces(side, table.columns, table.rows))


def _pieces(side: Box, columns: list[float], rows: list[float]) -> Iterator[Box]:
    """A border cut at every crossing of the grid, and once between two crossings."""
    x0, y0, x1, y1 = side
    if y0 == y1:
        yield from ((left, y0, right, y0) for left, right in _halves(columns, x0, x1))
    else:
        yield from ((x0, top, x0, bottom) for top, bottom in _halves(rows, y0, y1))


def _halves(crossings: list[float], start: float, end: float) -> Iterator[tuple[float, float]]:
    for first, last in pairwise(crossing for crossing in crossings if start <= crossing <= end):
        middle = (first + last) / 2
        yield from ((first, middle), (middle, last))


def _printed(page_height: float, box: Box, content: DrawnCell | DrawnText) -> Iterator[str]:
    """Text operators for a text in the middle of the height of a box."""
    for line in lines_of(box, content):
        codes = "".join(glyph_code(character) for character in line.text)
        yield f"BT /F0 {content.font_size:g} Tf {line.x:.2f} {page_height - line.baseline:.2f} Td <{codes}> Tj ET"


def _clipped(page_height: float, box: Box, operators: Iterator[str]) -> Iterator[str]:
    x0, y0, x1, y1 = box
    yield f"q {x0:.2f} {page_height - y1:.2f} {x1 - x0:.2f} {y1 - y0:.2f} re W n"
    yield from operators
    yield "Q"


@cache
def _font() -> pymupdf.Font:
    return pymupdf.Font("cjk")


@cache
def _glyph(character: str) -> tuple[int, float]:
    """The code of a character in the font, and its advance for a font size of 1."""
    code = _font().has_glyph(ord(character))
    if not code:
        raise ValueError(f"the font has no glyph for {character!r}; use another character")
    return code, _font().glyph_advance(ord(character))


def advance(character: str) -> float:
    """How far a character moves the pen, for a font size of 1."""
    return _glyph(character)[1]


def glyph_code(character: str) -> str:
    """How a text operator writes a character of the font."""
    return f"{_glyph(character)[0]:04X}"


def ascent_and_descent() -> tuple[float, float]:
    """How far the font reaches above and below the baseline, for a font size of 1."""
    return _font().ascender, -_font().descender
