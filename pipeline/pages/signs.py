"""Signs of fonts that hold pictures in place of letters: ticks, boxes, and the signs of Symbol.

Such fonts print a box where the PDF stores a letter (`R` in Wingdings 2) or a private code (U+F052).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

PICTURES = re.compile(r"wingdings ?[23]?|webdings|marlett|dingbats|symbol", re.IGNORECASE)
_PRIVATE = range(0xF000, 0xF100)  # where symbol fonts keep their 256 codes

_WINGDINGS = {
    **dict.fromkeys("oqr\xa8", "☐"),
    "n": "■",
    "l": "●",
    "x": "☒",
    "\xfd": "☒",
    "\xfe": "☑",
    "\xfc": "√",
    "\xfb": "×",
}
_WINGDINGS_2 = {**dict.fromkeys("*0\xa3", "☐"), "R": "☑", **dict.fromkeys("QSTV", "☒"), "P": "√", "O": "×"}
_WEBDINGS = {"a": "√", "c": "☐", "g": "■", "n": "●", "r": "×"}
_MARLETT = {"a": "√", "b": "√", "r": "×"}
_ZAPF = {"3": "√", "4": "√", "5": "×", "6": "×", "7": "×", "8": "×", "n": "■", **dict.fromkeys("opqr", "☐"), "l": "●"}
_SYMBOL = {
    "\xa3": "≤",
    "\xb3": "≥",
    "\xb4": "×",
    "\xb8": "÷",
    "\xb0": "°",
    "\xb1": "±",
    "\xb7": "·",
    "\xd6": "√",
    "\xb9": "≠",
    "\xbb": "≈",
    **{sign: sign for sign in "0123456789%=+<>()[]/.,;:"},
}
_OF_FONT = {
    "wingdings": _WINGDINGS,
    "wingdings 2": _WINGDINGS_2,
    "wingdings2": _WINGDINGS_2,
    "webdings": _WEBDINGS,
    "marlett": _MARLETT,
    "dingbats": _ZAPF,
    "symbol": _SYMBOL,
}
_OF_ANY = {**_WINGDINGS, **_WINGDINGS_2}  # of private codes in fonts of other names

# what a page without glyphs of such fonts does not print: private codes, and letters alone before Chinese text
ODD = re.compile("[\uf000-\uf0ff]|(?<![A-Za-z0-9.])[RTPQSVOoqrx\xa3\xa8\xfb-\xfe](?=[\u4e00-\u9fff ]|$)")


def sign_of(text: str, font: str, following: str = "") -> str:
    """The sign that a character of a font prints; the character itself where nothing is known of it.

    `following` is the text behind it: before a number, an unknown font's sign is one of comparison.
    """
    if len(text) != 1:
        return text
    table = _table(font)
    if ord(text) in _PRIVATE:
        code = chr(ord(text) - _PRIVATE.start)
        if table is None:
            table = _SYMBOL if following[:1].isdigit() else _OF_ANY
        return table.get(code, text)
    return table.get(text, text) if table is not None and table is not _SYMBOL else text


def signs_of(texts: Sequence[str], fonts: Sequence[str]) -> list[str]:
    """The signs that successive characters print."""
    after = [*texts, ""][1:]
    return [sign_of(text, font, following) for text, font, following in zip(texts, fonts, after, strict=True)]


def _table(font: str) -> dict[str, str] | None:
    match = PICTURES.search(font)
    return None if match is None or "segoe" in font.lower() else _OF_FONT.get(match[0].lower())
