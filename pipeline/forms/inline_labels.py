"""Labels and values that stand in one cell or line: 项目名称：…, and amounts in a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from pipeline.forms.dictionary import Knowledge, Label, Lexicon, Meanings, meanings
from pipeline.forms.roles import Field, Means
from pipeline.notation import AMOUNT_OR_NUMBER
from pipeline.tables.model import Line

AROUND = 8  # characters; a text with more beside its amounts is a sentence about something else
LONGEST_LABEL = 14  # characters of a label in a line
SHORTEST_GLUED = 4  # characters of a label that its value follows without a colon
_IN_LINES: tuple[Means, ...] = ("field", "fund", "goal", "ignored")  # what the labels of a line can mean
_COLON = re.compile("[:：]")
_GOES_ON = "及和与或的、/:：（("  # a text with one of these behind its label has another label
_NO_START = "、，,；;。：:）)"
_LABELLED = re.compile(r"^(?P<label>[^:：]{2,24})[:：]\s*(?P<value>.+)$", re.DOTALL)
_PART_OF = re.compile(r"^其中\s*[:：]?\s*")
_AMOUNT = re.compile(
    r"(?P<label>(?:[(（][^()（）]*[)）]|[^\d:：，,；;。()（）、.\s])*)\s*[:：]?\s*"
    rf"(?P<amount>{AMOUNT_OR_NUMBER})(?=$|[，,；;。、\s)）(（])"
)
_DIGIT = re.compile(r"\d")
_FILLING = re.compile(r"其中|共计|[一二三四五六七八九十\d]+[、.]|[\s:：，,；;。、()（）及和]")


class PrintedAmount(NamedTuple):
    """An amount with the label before it in the same text; `label` is None for one that stands first, without any."""

    text: str
    label: Label | None
    amount: str


def labelled(text: str) -> tuple[str, str] | None:
    """Label and value of a text that a colon divides; 其中： before the label does not count."""
    if ":" not in text and "：" not in text:
        return None
    match = _LABELLED.match(_PART_OF.sub("", text.strip()))
    return (match["label"], match["value"].strip()) if match else None


def glued(text: str, lexicon: Lexicon) -> tuple[str, Label, str] | None:
    """A field's label with which a text begins, its meaning, and the rest; None for a label and for other texts."""
    if len(text) <= SHORTEST_GLUED or lexicon.likely(text):
        return None
    for length in range(min(LONGEST_LABEL, len(text) - 2), SHORTEST_GLUED - 1, -1):
        label = lexicon.means(text[:length]).get("field")
        if label is not None and text[length] not in _GOES_ON:
            return text[:length], label, text[length:].strip()
    return None


def labelled_parts(text: str, means: Callable[[str], Meanings]) -> list[tuple[str, Label | None, str]]:
    """What a line says that names several values (项目名称：…主管部门：…): label as printed, its meaning, the value.

    A line that begins without a label gives its beginning with an empty label: it goes on with the line above.
    """
    starts: list[tuple[int, int, str, Label]] = []
    for colon in _COLON.finditer(text):
        for length in range(min(LONGEST_LABEL, colon.start()), 1, -1):
            name = text[colon.start() - length : colon.start()].strip()
            found = means(name)
            label = next((found[m] for m in _IN_LINES if m in found), None)
            if label is not None and name[0] not in _NO_START:
                starts.append((colon.start() - length, colon.end(), name, label))
                break
    first = starts[0][0] if starts else len(text)
    parts: list[tuple[str, Label | None, str]] = [("", None, text[:first].strip())] if text[:first].strip() else []
    for n, (_, end, name, label) in enumerate(starts):
        following = starts[n + 1][0] if n + 1 < len(starts) else len(text)
        parts.append((name, label, text[end:following].strip()))
    return parts


def project_named(lines: Sequence[tuple[int, Line]], knowledge: Knowledge) -> str:
    """The project that a line above a table names; empty when none does."""
    for _, line in lines:
        for _, label, value in labelled_parts(line.text, lambda text: meanings(knowledge, text)):
            if label is not None and label.field == Field.PROJECT_NAME and value:
                return value
    return ""


def amounts_in(text: str, means: Callable[[str], Meanings]) -> list[PrintedAmount]:
    """The amounts that a text consists of (总额100万元，其中：财政拨款80万元；…); none for other sentences."""
    if not _DIGIT.search(text):
        return []
    found: list[PrintedAmount] = []
    rest = text
    for match in _AMOUNT.finditer(text):
        name = match["label"].removeprefix("其中")
        label = means(name).get("fund") if name else None
        if label is not None or not (name or found or _FILLING.sub("", text[: match.start("amount")])):
            found.append(PrintedAmount(name, label, match["amount"].strip()))
            rest = rest.replace(match[0], "", 1)
    return found if len(_FILLING.sub("", rest)) <= AROUND else []
