"""What MuPDF knows of drawn paths, as far as it tells a ticked box from an empty one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pipeline.pages.check_boxes import STROKE, Shape
from pipeline.pages.readers.mupdf_rules import are_visible, placed

_DARK = 0.5  # lightness of the darkest channel, at most


def shapes_of_drawings(drawings: Iterable[dict[str, Any]], turn: Any) -> list[Shape]:
    """The visible paths of a page."""
    return [
        Shape(*placed(path["rect"], turn), _is_dark(path), any(map(_is_slanted, path["items"])), _is_box(path))
        for path in drawings
        if any(are_visible(path))
    ]


def _is_dark(path: dict[str, Any]) -> bool:
    fill = path.get("fill")
    return "f" in path["type"] and fill is not None and min(fill) <= _DARK and path.get("fill_opacity", 1) > _DARK


def _is_box(path: dict[str, Any]) -> bool:
    return not any(item[0] == "c" or _is_slanted(item) for item in path["items"])


def _is_slanted(item: Any) -> bool:
    """Whether a straight line of a path is neither level nor upright; curves may be the corners of a frame."""
    if item[0] != "l":
        return False
    (x0, y0), (x1, y1) = item[1:3]
    return bool(abs(x1 - x0) > STROKE < abs(y1 - y0))
