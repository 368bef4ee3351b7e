"""Two values as people compare them: old and new, of long texts only where they differ and a little around it."""

from __future__ import annotations

from decimal import Decimal

_COMMON = 12  # characters shown of what two long texts have in common, before and after where they differ
_LONG = 60  # characters up to which a text is shown as a whole
_NOTHING = "–"


def apart(old: object, new: object) -> tuple[str, str]:
    """Old and new as texts; None, for what is not there, is a dash."""
    before, after = _shown(old), _shown(new)
    if max(len(before), len(after)) <= _LONG or old is None or new is None:
        return before, after
    head = _same(before, after)
    tail = min(_same(before[::-1], after[::-1]), min(len(before), len(after)) - head)
    return _cut(before, head, tail), _cut(after, head, tail)


def _cut(text: str, head: int, tail: int) -> str:
    first, last = max(head - _COMMON, 0), min(len(text) - tail + _COMMON, len(text))
    return f"{'…' if first else ''}{text[first:last]}{'…' if last < len(text) else ''}"


def _same(one: str, other: str) -> int:
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _shown(value: object) -> str:
    if value is None:
        return _NOTHING
    return f"{value:,}" if isinstance(value, Decimal) else str(value)
