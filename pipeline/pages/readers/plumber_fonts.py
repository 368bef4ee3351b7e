"""What a page names, as pdfminer gives it: fonts, their widths and programs, forms and pictures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pdfminer.cmapdb import CMapDB
from pdfminer.pdftypes import PDFObjRef, PDFStream, resolve1
from pdfminer.psparser import PSLiteral

from pipeline.messages import Text, t
from pipeline.pages.font_widths import DIFFERENT, FULL, StatedWidths, differ, runs_of
from pipeline.pages.readers.plumber_damage import is_stream

MISSING = t("a font, a form or a picture that the page names is not there")
_DRAWN = ("Form", "Image", "PS")
_DEEPEST = 8  # forms within forms
_PROGRAM = "FontFile2"


class Fonts:
    """The fonts of a document, each looked at once."""

    def __init__(self) -> None:
        self._known: dict[int, Text | None] = {}  # the damage by the number of the font in the file

    def damage(self, resources: Any) -> Text | None:
        """The damage of the fonts that a page with these resources may use; None without any."""
        found = _resources(resources, set(), 0)
        told = (MISSING if font is None else self._of_font(number, font) for number, font in found)
        return next((damage for damage in told if damage is not None), None)

    def _of_font(self, number: int, font: dict[str, Any]) -> Text | None:
        if number not in self._known:
            differs = differ(_stated(font), lambda: _program(font), lambda: _stream(font.get("ToUnicode")))
            self._known[number] = DIFFERENT if differs else _unknown_encoding(font)
        return self._known[number]


def _resources(resources: Any, seen: set[int], depth: int) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """The fonts of resources and of the forms among them, each with its number; None for what is not there."""
    for number, font in _values(_dict(resources).get("Font")):
        yield number, font if isinstance(font, dict) else None
    for number, form in _values(_dict(resources).get("XObject")):
        if not is_stream(form) or _name(form.attrs.get("Subtype")) not in _DRAWN:
            yield number, None
        elif depth < _DEEPEST and number not in seen:
            seen.add(number)
            yield from _resources(form.attrs.get("Resources"), seen, depth + 1)


def _values(entries: Any) -> Iterator[tuple[int, Any]]:
    return ((value.objid if isinstance(value, PDFObjRef) else 0, resolve1(value)) for value in _dict(entries).values())


def _unknown_encoding(font: dict[str, Any]) -> Text | None:
    """The damage of a composite font whose letters pdfminer cannot number: it reads none of them, without a word."""
    encoding = resolve1(font.get("Encoding"))
    name = _name(encoding.get("CMapName") if isinstance(encoding, PDFStream) else encoding)
    if _name(font.get("Subtype")) != "Type0":
        return None
    try:
        CMapDB.get_cmap(name)
    except CMapDB.CMapNotFound:
        return t("a font has an encoding that is not known: {name}", name=name[:40])
    return None


def _name(value: Any) -> str:
    """A name of the file; empty for anything else."""
    found = resolve1(value)
    return str(found.name) if isinstance(found, PSLiteral) else ""


def _stated(font: dict[str, Any]) -> StatedWidths:
    inner = _letters(font)
    if _name(font.get("Subtype")) == "Type3":  # drawings, with units of their own
        return StatedWidths(())
    if inner is font:
        return StatedWidths(runs_of([resolve1(font.get("FirstChar", 0)), _list(font.get("Widths"))]))
    by_glyph = not isinstance(resolve1(inner.get("CIDToGIDMap")), PDFStream)
    other = resolve1(inner.get("DW", FULL))
    return StatedWidths(runs_of(_list(inner.get("W"))), other if isinstance(other, int | float) else 0, by_glyph)


def _program(font: dict[str, Any]) -> bytes | None:
    return _stream(_dict(_letters(font).get("FontDescriptor")).get(_PROGRAM))


def _stream(entry: Any) -> bytes | None:
    found = resolve1(entry)
    return found.get_data() if isinstance(found, PDFStream) else None


def _letters(font: dict[str, Any]) -> dict[str, Any]:
    """The font itself, or the one that a composite font is made of."""
    descendants = _list(font.get("DescendantFonts"))
    return _dict(descendants[0]) if descendants else font


def _dict(value: Any) -> dict[str, Any]:
    found = resolve1(value)
    return found if isinstance(found, dict) else {}


def _list(value: Any) -> list[Any]:
    found = resolve1(value)
    return [_list(x) if isinstance(x, list) else x for x in map(resolve1, found)] if isinstance(found, list) else []
