"""What is printed in the grids of forms and reaches nobody: `python -m benchmarks.audit [FILE.pdf | FOLDER ...]`.

Every character in a form's grid should be used by a value (its evidence stands in the cell), belong to a known label or
heading, or be named in a finding. The rest is counted.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pipeline.dictionaries import load_knowledge
from pipeline.document.assemble import page_grids
from pipeline.document.result import Row
from pipeline.errors import DocumentError
from pipeline.forms.dictionary import Knowledge, meanings
from pipeline.forms.model import Piece
from pipeline.forms.rows import is_level
from pipeline.forms.segment import segment
from pipeline.run.read_document import read_document, read_document_pages
from pipeline.tables.model import Box, Cell
from pipeline.text import key

NAMED = 40  # characters of a text by which a finding is known to name it; messages shorten long texts
EDGE = 2.0  # points a value's box may stand out of its cell
WORST = 40  # places that the report shows


@dataclass(frozen=True, slots=True)
class Loss:
    """A text in a form's grid that nothing explains."""

    page: int
    box: Box
    text: str


@dataclass(frozen=True, slots=True)
class Audit:
    """Characters in the grids of a document's forms, white space left out, and the texts that nothing explains."""

    characters: int
    losses: tuple[Loss, ...]

    @property
    def lost(self) -> int:
        return sum(len(_key(loss.text)) for loss in self.losses)


_key = lru_cache(maxsize=65536)(key)


def audit(path: Path) -> Audit:
    """Hold every cell of a document's forms against the rows that were read. Raises DocumentError for a bad PDF."""
    tables = read_document(path).tables
    values = _by_page([*tables.get("evidence", []), *tables.get("other_values", [])])
    findings = _by_page(tables["findings"])
    texts = _texts(tables)
    knowledge = load_knowledge()
    characters = 0
    losses: list[Loss] = []
    for sheet in segment(page_grids(read_document_pages(path)), knowledge):
        if not any(values.get(piece.table.page) for piece in sheet.pieces):
            continue  # an empty template
        for piece in sheet.pieces:
            page = piece.table.page
            for cell in _cells(piece):
                characters += len(_key(cell.text))
                if not _key(cell.text).strip("-/") or not (
                    _is_label(cell, piece, knowledge)
                    or _key(cell.text) in texts.get(page, ())
                    or any(_uses(row, cell) for row in values.get(page, ()))
                    or any(_names(row, cell) for row in findings.get(page, ()))
                ):
                    losses.append(Loss(page, cell.box, cell.text))
    return Audit(characters, tuple(losses))


def _texts(tables: Mapping[str, Sequence[Row]]) -> Mapping[int, set[str]]:
    """What the forms on each page print and a value or finding has: merged cells are printed again on every page."""
    found: dict[int, set[str]] = defaultdict(set)
    pages = {form["form_id"]: (int(str(form["page_first"])), int(str(form["page_last"]))) for form in tables["forms"]}
    told = [(row["form_id"], str(row["text"])) for row in (*tables["evidence"], *tables["other_values"])]
    told += [(row["form_id"], str(row["message"]).rpartition(": ")[2]) for row in tables["findings"] if row["form_id"]]
    for form_id, text in told:
        first, last = pages[form_id]
        for page in range(first, last + 1):
            found[page].add(_key(text))
    return found


def _by_page(rows: Iterable[Row]) -> Mapping[object, Sequence[Row]]:
    found: dict[object, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["page"]].append(row)
    return found


def _cells(piece: Piece) -> Iterator[Cell]:
    for row in range(piece.first, piece.last):
        yield from (cell for cell in piece.cells.starting[row] if cell.text)


def _is_label(cell: Cell, piece: Piece, knowledge: Knowledge) -> bool:
    heads = any(header.top <= cell.row < header.bottom for header in piece.headers)
    return heads or bool(meanings(knowledge, cell.text)) or is_level(knowledge.taxonomy, cell.text)


def _uses(row: Row, cell: Cell) -> bool:
    own, box = _box(row), cell.box
    x, y = (own.x0 + own.x1) / 2, (own.y0 + own.y1) / 2
    inside = box.x0 - EDGE <= x <= box.x1 + EDGE and box.y0 - EDGE <= y <= box.y1 + EDGE
    return inside and _key(cell.text) in _key(str(row["text"]))


def _box(row: Row) -> Box:
    return Box(*(float(str(row[name])) for name in ("x0", "y0", "x1", "y1")))


def _names(row: Row, cell: Cell) -> bool:
    """Whether a finding repeats the text."""
    return _key(cell.text)[:NAMED] in _key(str(row["message"]))


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the share of lost characters and the worst places."""
    parser = argparse.ArgumentParser("python -m benchmarks.audit", description="What the reading of forms loses.")
    parser.add_argument("paths", nargs="+", type=Path, metavar="FILE.pdf|FOLDER")
    asked = parser.parse_args(arguments)
    characters = lost = 0
    places: list[tuple[Path, Loss]] = []
    files = (sorted(path.rglob("*.pdf")) if path.is_dir() else [path] for path in asked.paths)
    for path in (path for some in files for path in some):
        try:
            found = audit(path)
        except DocumentError as error:
            print(f"{path}: {error.message}", file=sys.stderr)
            continue
        characters, lost = characters + found.characters, lost + found.lost
        places += [(path, loss) for loss in found.losses]
    print(f"{lost} of {characters} characters in the grids of forms are lost: {lost / max(characters, 1):.3%}")
    for path, loss in sorted(places, key=lambda place: -len(place[1].text))[:WORST]:
        print(f"{path.name} page {loss.page} at {loss.box.x0:.0f}, {loss.box.y0:.0f}: {loss.text[:60]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
