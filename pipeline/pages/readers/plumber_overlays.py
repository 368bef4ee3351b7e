"""Annotations and form fields of a page as pdfminer has them: what to draw for each, and where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from pdfminer.pdftypes import PDFStream, resolve1
from pdfminer.psparser import PSLiteral
from pdfminer.utils import apply_matrix_pt, decode_text, mult_matrix

from pipeline.pages.model import Attachment, Word
from pipeline.text import unify

Matrix = tuple[float, float, float, float, float, float]
Corners = tuple[float, float, float, float]
"""x0, y0, x1, y1 in pdfminer's coordinates: origin bottom left."""

Corner = tuple[float, float, float]
"""Left and top of what a page shows, in pdfplumber's coordinates, and the page's height."""

_IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)
# Kinds that mark text which stays legible below them, or show no more than a sign that a note is there.
_MARKS = frozenset({"Link", "Popup", "Text", "Highlight", "Underline", "Squiggly", "StrikeOut", "FileAttachment"})
_HIDDEN, _NO_VIEW = 2, 32  # flags of annotations
_RADIO_OR_BUTTON = 1 << 16  # flag of a button that is pushed: it has no state
_NODES = 10_000  # of a tree of names; a damaged one may go in circles
_TICKED, _EMPTY = "☑", "☐"


class Mark(NamedTuple):
    """An annotation or a form field. `text` stands for it where `appearance` is None, or is no text but a tick."""

    method: str
    box: Corners  # on the page unturned
    appearance: PDFStream | None
    matrix: Matrix  # from the appearance to the page
    text: str


def marks_of(page: Any) -> Iterator[Mark]:
    """The marks of a page of pdfminer that are seen and may print text."""
    for reference in resolve1(page.annots) or ():
        annotation = resolve1(reference)
        if not isinstance(annotation, dict):
            continue
        kind, flags = _name(annotation.get("Subtype")), resolve1(annotation.get("F")) or 0
        if kind in _MARKS or flags & (_HIDDEN | _NO_VIEW) or (box := _box(annotation)) is None:
            continue
        yield _mark(annotation, kind, box)


def attachments_of(page: Any, corner: Corner) -> Iterator[Attachment]:
    """The files that are attached at places of a page of pdfminer."""
    for reference in resolve1(page.annots) or ():
        annotation = resolve1(reference)
        if isinstance(annotation, dict) and _name(annotation.get("Subtype")) == "FileAttachment":
            box = _box(annotation) or (0.0, 0.0, 0.0, 0.0)
            yield Attachment(*box_from_top(box, corner), _file_name(annotation))


def _box(annotation: dict[str, Any]) -> Corners | None:
    corners = [resolve1(x) for x in resolve1(annotation.get("Rect")) or ()]
    if len(corners) != 4:
        return None
    return min(corners[::2]), min(corners[1::2]), max(corners[::2]), max(corners[1::2])


def _file_name(annotation: dict[str, Any]) -> str:
    """The name of an attached file, or the note that stands for it."""
    file = resolve1(annotation.get("FS"))
    names = [file.get("UF"), file.get("F")] if isinstance(file, dict) else []
    return next((found for name in [*names, annotation.get("Contents"), file] if (found := _text(name))), "")


def is_dynamic_form(catalogue: Any) -> bool:
    """Whether a document is an XFA form without fields on its pages."""
    form = resolve1(catalogue.get("AcroForm"))
    if not isinstance(form, dict) or resolve1(form.get("XFA")) is None:
        return False
    return resolve1(catalogue.get("NeedsRendering")) is True or not resolve1(form.get("Fields"))


def embedded_names(catalogue: Any) -> Iterator[str]:
    """The names of the files that are embedded in a document."""
    names = resolve1(catalogue.get("Names"))
    nodes = [resolve1(names.get("EmbeddedFiles"))] if isinstance(names, dict) else []
    for _ in range(_NODES):
        if not nodes:
            return
        node = nodes.pop()
        if isinstance(node, dict):
            nodes += [resolve1(kid) for kid in resolve1(node.get("Kids")) or ()]
            files = (resolve1(entry) for entry in (resolve1(node.get("Names")) or ())[1::2])
            yield from (_text(file.get("UF") or file.get("F")) for file in files if isinstance(file, dict))


def _mark(annotation: dict[str, Any], kind: str, box: Corners) -> Mark:
    is_field = kind == "Widget"
    method = "form_field" if is_field else "annotation"
    if is_field and _name(_inherited(annotation, "FT")) == "Btn":
        if (resolve1(_inherited(annotation, "Ff")) or 0) & _RADIO_OR_BUTTON:
            return Mark(method, box, None, _IDENTITY, "")
        state = _name(annotation.get("AS"))
        return Mark(method, box, None, _IDENTITY, _EMPTY if state in ("", "Off") else _TICKED)
    appearance = _appearance(annotation)
    if appearance is not None:
        return Mark(method, box, appearance, _placing(appearance, box), "")
    stored = _inherited(annotation, "V") if is_field else annotation.get("Contents") if kind == "FreeText" else None
    return Mark(method, box, None, _IDENTITY, _text(stored))


def _appearance(annotation: dict[str, Any]) -> PDFStream | None:
    """The drawing that shows now."""
    appearances = resolve1(annotation.get("AP"))
    normal = resolve1(appearances.get("N")) if isinstance(appearances, dict) else None
    if isinstance(normal, dict):
        normal = resolve1(normal.get(_name(annotation.get("AS"))))
    return normal if isinstance(normal, PDFStream) else None


def _placing(appearance: PDFStream, box: Corners) -> Matrix:
    """From an appearance's coordinates to the page's: its box, set upright by its matrix, fills the annotation's."""
    matrix = tuple(resolve1(appearance.get("Matrix")) or _IDENTITY)
    x0, y0, x1, y1 = (resolve1(x) for x in resolve1(appearance.get("BBox")))
    corners = [apply_matrix_pt(matrix, (x, y)) for x in (x0, x1) for y in (y0, y1)]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    wide, high = max(xs) - min(xs), max(ys) - min(ys)
    a = (box[2] - box[0]) / wide if wide else 1.0
    d = (box[3] - box[1]) / high if high else 1.0
    placed: Matrix = mult_matrix(matrix, (a, 0, 0, d, box[0] - a * min(xs), box[1] - d * min(ys)))
    return placed


def _inherited(field: dict[str, Any], name: str) -> Any:
    """An entry of a form field, or of the field that it is part of."""
    for _ in range(10):  # deeper than any form; a damaged file may go in circles
        if name in field:
            return resolve1(field[name])
        parent = resolve1(field.get("Parent"))
        if not isinstance(parent, dict):
            return None
        field = parent
    return None


def _text(value: Any) -> str:
    found = resolve1(value)
    return unify(decode_text(found)) if isinstance(found, bytes) else ""


def _name(value: Any) -> str:
    found = resolve1(value)
    return str(found.name) if isinstance(found, PSLiteral) else ""


def box_from_top(box: Corners, corner: Corner) -> Corners:
    """A box of pdfminer on what the page shows: origin top left."""
    left, top, height = corner
    return box[0] - left, height - box[3] - top, box[2] - left, height - box[1] - top


def words_below(words: Sequence[Word], filled: Sequence[Corners], corner: Corner) -> set[Word]:
    """The words below what annotations and form fields fill."""
    areas = [box_from_top(box, corner) for box in filled]
    middles = ((word, (word[0] + word[2]) / 2, (word[1] + word[3]) / 2) for word in words) if areas else ()
    return {word for word, x, y in middles if any(x0 < x < x1 and y0 < y < y1 for x0, y0, x1, y1 in areas)}
