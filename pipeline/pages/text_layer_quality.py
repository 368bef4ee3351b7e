"""Whether the text that is stored for a page can be what the page shows."""

from __future__ import annotations

import re
from functools import cache

from pipeline.messages import Text, t
from pipeline.pages.model import Page

ENOUGH = 20  # characters; less says nothing
UNKNOWN = 0.05  # share of characters that the PDF cannot name from which a page's text is not to be trusted
PLAUSIBLE = 0.7  # share of characters that are in everyday use in Chinese documents, at least
_NO_NAME = re.compile("\\(cid:\\d+\\)|[\ufffd\x00-\x08\x0e-\x1f\x7f-\x9f]")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
_NAMELESS = re.compile(f"{_NO_NAME.pattern}|{_PRIVATE.pattern}")
# What Chinese budgets do not print: codes without a character, and scripts, such as the Tibetan letters that glyph
# numbers look like when a font does not say what its glyphs are.
_PLAIN = "\t\n\r -~\xa0-\u024f\u02b0-\u02ff\u0370-\u04ff\u2000-\u218f\u2190-\u27bf\u2900-\u2bff\u2e80-\u312f"
_WIDE = "\u3190-\u33ff\u4e00-\u9fff\uf900-\ufaff\ufe10-\ufe6f\uff01-\uffee\U00020000-\U000323af"
IMPLAUSIBLE = re.compile(f"[^{_PLAIN}{_WIDE}]")
_ASCII = (*map(chr, range(0x20, 0x7F)), *"\t\n\v\f\r")
_SIGNS = frozenset("，。、；：？！“”‘’（）《》〈〉【】〔〕—…·～￥％＝＋－／≥≤≧≦＞＜×÷±°√□☑☐■●○★▲①②③④⑤⑥⑦⑧⑨⑩ⅠⅡⅢⅣ")


def distrusted(page: Page) -> Text | None:
    """Why the page's text layer is not to be trusted; None when nothing speaks against it."""
    text = "".join([word[4] for word in page.words])
    coded = "(cid:" in text
    if text.isascii() and not coded:
        return None
    strange = _unusual().findall(text)
    unknown, rest = 0, text
    if coded or _NAMELESS.search("".join(strange)):
        found = set(_PRIVATE.findall(text))  # once each: a line of ornaments repeats one of them
        unknown = len(_NO_NAME.findall(text)) + len(found)
        rest = _PRIVATE.sub("", _NO_NAME.sub("", text))
        strange = _unusual().findall(rest)
    count = unknown + len(rest)
    if count < ENOUGH:
        return None
    if unknown > UNKNOWN * count:
        return t("{unknown} of its {count} characters have no name", unknown=unknown, count=count)
    usual = len(rest) - len(strange)
    if usual < PLAUSIBLE * count:
        return t("only {usual} of its {count} characters are in everyday use", usual=usual, count=count)
    return None


@cache
def _unusual() -> re.Pattern[str]:
    """All but the 3,755 most frequent Chinese characters, printable ASCII and blanks, and the usual signs."""
    levels = (*range(0xA1, 0xAA), *range(0xB0, 0xD8))  # signs, Greek and Cyrillic letters; first level characters
    codes = (bytes((lead, trail)) for lead in levels for trail in range(0xA1, 0xFF))
    wide = (chr(code) for code in range(0xFF01, 0xFF5F))
    usual = {*"".join(code.decode("gb2312", "ignore") for code in codes), *_ASCII, *_SIGNS, *wide}
    return re.compile(f"[^{re.escape(''.join(sorted(usual)))}]")
