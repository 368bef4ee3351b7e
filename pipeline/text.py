"""Printed text: one form of each character, lines joined as a reader would, and keys for matching.

Values keep what is printed; only characters that look the same but have another code point (radicals,
compatibility ideographs) become the unified ideograph, because nobody can search for the others.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

# CJK Radicals Supplement (U+2E80-2EFF) to unified ideographs: Unicode property Equivalent_Unified_Ideograph,
# since NFKC maps only two of the block.
_RADICALS = (
    "⺁⺂⺃⺄⺅⺆⺇⺈⺉⺊⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳",
    "厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵旡日月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟",
)
_LOOKALIKES = re.compile("[\u2e80-\u2fd5\uf900-\ufad9\U0002f800-\U0002fa1f]")
_WATERMARK = "Nhomakorabea"  # what a document sharing site leaves between the words of the files it converts
# Readers take these for characters of a word: wide blanks, which go, and what no font can print: control characters,
# which a terminal would obey, and halves of characters, which no file can hold.
_UNPRINTED = re.compile("[\x00-\x1f\x7f-\xa0\u2000-\u200b\u3000\ufeff\ud800-\udfff]")
_UNIFIED = dict(zip(*_RADICALS, strict=True))
_OFTEN = 40  # characters; longer texts are rarely printed twice, and would fill the memory
_KEY_SIGNS = {"≧": "≥", "≦": "≤", "⩾": "≥", "⩽": "≤", "—": "-", "–": "-", "―": "-", "─": "-"}
_ANY_SIGN = re.compile(f"[{''.join(_KEY_SIGNS)}]")


def unify(text: str) -> str:
    """Radicals and compatibility ideographs as the unified characters, wide blanks left out; all else as printed.

    A code that no character has becomes U+FFFD: something is printed there, and nobody knows what.
    """
    if _WATERMARK in text:
        text = text.replace(_WATERMARK, "")
    if text.isascii() and text.isprintable():
        return text
    text = _UNPRINTED.sub(_blank_or_unknown, text)
    if not _LOOKALIKES.search(text):
        return text
    return _LOOKALIKES.sub(lambda m: _UNIFIED.get(m[0]) or unicodedata.normalize("NFKC", m[0]), text)


def is_unified(text: str) -> bool:
    """Whether `unify` would leave the text and all parts of it as they are."""
    return not (_UNPRINTED.search(text) or _LOOKALIKES.search(text) or _WATERMARK in text)


def _blank_or_unknown(match: re.Match[str]) -> str:
    return "" if match[0].isspace() or match[0] in "\u200b\ufeff" else "\ufffd"


def one_line(text: str, longest: int = 200) -> str:
    """A text of unknown origin for people to read: one line, nothing that a terminal obeys, not endless."""
    line = " ".join(_UNPRINTED.sub(" ", text[: 4 * longest]).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def markdown_cell(text: str) -> str:
    """A text for a cell of a Markdown table."""
    return text.replace("|", "\\|").replace("\n", " ")


def join_words(words: Iterable[str]) -> str:
    """Words of one printed line as text: blanks stay between Latin words and numbers, none touches Chinese."""
    return _join(
        words, lambda a, b: a.isascii() and b.isascii() and (a.isalnum() or a in ",;") and (b.isalnum() or b == "(")
    )


def join_lines(lines: Iterable[str]) -> str:
    """Lines of one cell as text: a wrap in Chinese, a number or a date leaves no trace; Latin words keep a blank."""
    return _join(lines, lambda a, b: a.isascii() and b.isascii() and a.isalpha() and b.isalpha())


def unquote(text: str) -> str:
    """The text without the straight quotes that a spreadsheet's export puts around a cell of several lines."""
    quoted = '"' in text and len(text) > 2 and text[0] == text[-1] == '"' and '"' not in text[1:-1]
    return text[1:-1] if quoted else text


def _join(parts: Iterable[str], blank_between: object) -> str:
    assert callable(blank_between)
    text = ""
    for part in parts:
        if text and part and blank_between(text[-1], part[0]):
            text += " "
        text += part
    return text


def key(text: str) -> str:
    """The form of a text used for matching: NFKC, no white space, one dash and one ≥ and ≤."""
    return _key(text) if len(text) <= _OFTEN else _key.__wrapped__(text)


@lru_cache(maxsize=32768)
def _key(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        if _ANY_SIGN.search(text):
            text = _ANY_SIGN.sub(lambda m: _KEY_SIGNS[m[0]], text)
    return "".join(text.split())
