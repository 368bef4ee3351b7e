"""The fonts of a page as pdfminer gives them: the widths that the PDF states, and the programs that it embeds."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from pdfminer.pdftypes import PDFObjRef, PDFStream, resolve1

from pipeline.pages.font_widths import FULL, FontCheck, StatedWidths, runs_of

_DEEPEST = 8  # forms within forms
_PROGRAM = "FontFile2"


class Fonts:
    """The fonts of a document, each looked at once."""

    def __init__(self) -> None:
        self._check = FontCheck()

    def damage(self, resources: Any) -> str | None:
        """The first damage of a font that a page with these resources may use; None without any."""
        told = (
            self._check.damage(number, partial(_stated, font), partial(_program, font))
            for number, font in _fonts(resources, set(), 0)
        )
        return next((damage for damage in told if damage is not None), None)


def _fonts(resources: Any, seen: set[int], depth: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """The fonts of resources and of the forms among them, each with its number in the file."""
    for number, font in _values(_dict(resources).get("Font")):
        yield number, _dict(font)
    for number, form in _values(_dict(resources).get("XObject")):
        if depth < _DEEPEST and number not in seen and isinstance(form, PDFStream):
            seen.add(number)
            yield from _fonts(form.attrs.get("Resources"), seen, depth + 1)


def _values(entries: Any) -> Iterator[tuple[int, Any]]:
    return ((value.objid if isinstance(value, PDFObjRef) else 0, resolve1(value)) for value in _dict(entries).values())


def _stated(font: dict[str, Any]) -> StatedWidths | None:
    inner = _letters(font)
    if not isinstance(_embedded(inner), PDFStream):
        return None
    if inner is font:
        return StatedWidths(runs_of([resolve1(font.get("FirstChar", 0)), _list(font.get("Widths"))]))
    by_glyph = not isinstance(resolve1(inner.get("CIDToGIDMap")), PDFStream)
    other = resolve1(inner.get("DW", FULL))
    return StatedWidths(runs_of(_list(inner.get("W"))), other if isinstance(other, int | float) else 0, by_glyph)


def _program(font: dict[str, Any]) -> bytes:
    data: bytes = _embedded(_letters(font)).get_data()
    return data


def _letters(font: dict[str, Any]) -> dict[str, Any]:
    """The font itself, or the one that a composite font is made of."""
    descendants = _list(font.get("DescendantFonts"))
    return _dict(descendants[0]) if descendants else font


def _embedded(letters: dict[str, Any]) -> Any:
    return resolve1(_dict(letters.get("FontDescriptor")).get(_PROGRAM))


def _dict(value: Any) -> dict[str, Any]:
    found = resolve1(value)
    return found if isinstance(found, dict) else {}


def _list(value: Any) -> list[Any]:
    found = resolve1(value)
    return [_list(x) if isinstance(x, list) else x for x in map(resolve1, found)] if isinstance(found, list) else []
