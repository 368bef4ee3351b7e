"""Transcriptions made by hand: which of their cells a reader gives exactly as printed.

A transcription is JSON: `file`, the path that the PDF's ends with, and `forms` with `page_first`, `page_last`, `title`,
`project_name`, `project_code`, `goals`, `funds` (`amount`) and `indicators` (`level1` to `level3`, `value`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.document.result import DocumentResult
from pipeline.text import key

Expected = tuple[int, int, str]
"""First and last page that a text may stand on, and the text."""


@dataclass(frozen=True, slots=True)
class Gold:
    """The cells of transcribed documents, by the path that the PDF's ends with."""

    cells: Mapping[str, tuple[Expected, ...]]

    def of(self, path: Path) -> tuple[Expected, ...]:
        """The cells of a PDF; none when nobody has transcribed it."""
        return next((cells for file, cells in self.cells.items() if path.as_posix().endswith(file)), ())


def load(folder: Path | None) -> Gold:
    """The transcriptions in a folder."""
    found = {}
    for path in sorted(folder.glob("*.json")) if folder is not None else ():
        told = json.loads(path.read_text(encoding="utf-8"))
        found[told["file"]] = tuple(cell for form in told["forms"] for cell in _cells(form))
    return Gold(found)


def _cells(form: Mapping[str, Any]) -> Iterator[Expected]:
    texts = [form["project_name"], form["project_code"], *form["goals"].values()]
    texts += [fund["amount"] for fund in form["funds"]]
    for row in form["indicators"]:
        texts += [row.get(name) for name in ("level1", "level2", "level3", "value")]
    yield from ((form["page_first"], form["page_last"], key(text)) for text in texts if text)


def texts_read(expected: Sequence[Expected], pages: Mapping[int, Sequence[str]]) -> int:
    """How many cells are among the texts of their pages, white space and width of characters aside."""
    keys = {number: {key(text) for text in texts} for number, texts in pages.items()}
    return sum(any(text in keys.get(number, ()) for number in range(first, last + 1)) for first, last, text in expected)


def texts_of(result: DocumentResult) -> dict[int, list[str]]:
    """What this program has read: the values of each form on all of its pages, and what each page's tables print."""
    texts: dict[int, list[str]] = {}
    for region in result.tables.get("regions", []):
        cells: Any = region["cells"] or ()
        texts.setdefault(int(str(region["page"])), []).extend(str(cell["text"]) for cell in cells)
    forms = {form["form_id"]: form for form in result.tables.get("forms", [])}
    for name in ("forms", "funds", "indicators"):
        for row in result.tables.get(name, []):
            form = forms[row["form_id"]]
            values = [value for value in row.values() if isinstance(value, str)]
            for number in range(int(str(form["page_first"])), int(str(form["page_last"])) + 1):
                texts.setdefault(number, []).extend(values)
    return texts
