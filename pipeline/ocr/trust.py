"""Whether the text that is stored for a page can be what the page shows."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.reading.model import Page

ENOUGH = 20  # characters; less says nothing
UNKNOWN = 0.05  # share of characters that the PDF cannot name from which a page's text is not to be trusted
PLAUSIBLE = 0.7  # share of characters that are in everyday use in Chinese documents, at least
_NO_NAME = re.compile("\\(cid:\\d+\\)|[\ufffd\x00-\x08\x0e-\x1f\x7f-\x9f]")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
_SIGNS = frozenset("，。、；：？！“”‘’（）《》〈〉【】〔〕—…·～￥％＝＋－／≥≤≧≦＞＜×÷±°√□☑☐■●○★▲①②③④⑤⑥⑦⑧⑨⑩ⅠⅡⅢⅣ")


def distrusted(page: Page) -> str | None:
    """Why the page's text layer is not to be trusted; None when nothing speaks against it."""
    texts = [word[4] for word in page.words]
    if len(texts) == 0:
        return None
    text = "".join(texts)
    if text.isascii() and "(cid:" not in text:
        return None
    unknown = len(_NO_NAME.findall(text)) + len(set(_PRIVATE.findall(text)))  # a line of ornaments repeats one of them
    rest = _PRIVATE.sub("", _NO_NAME.sub("", text))
    count = unknown + len(rest)
    if count < ENOUGH:
        return None
    if unknown > UNKNOWN * count:
        return f"{unknown} of its {count} characters have no name"
    usual = len(rest) - sum(rest.count(char) for char in set(rest) if not _usual(char))
    if usual < PLAUSIBLE * count:
        return f"only {usual} of its {count} characters are in everyday use"
    return None


@lru_cache(maxsize=8192)
def _usual(char: str) -> bool:
    """Whether a character is one of the 3,755 most frequent Chinese ones, a letter, a digit or a usual sign."""
    if char.isascii() or char in _SIGNS or "\uff01" <= char <= "\uff5e":
        return True
    try:
        code = char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return 0xB0 <= code[0] <= 0xD7 or code[0] < 0xAA  # first level characters; signs, Greek and Cyrillic letters
