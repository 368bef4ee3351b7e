"""Charts of the notebooks: bars with Chinese names, in a font that is there wherever the forms can be read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unicodedata import east_asian_width

import matplotlib
import matplotlib.pyplot as plt
import pandas as pd
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

COLOURS = ("#2b6ca3", "#f3c27f", "#a98bc0", "#3d4754")
HATCHES = ("", "////", "....", "")
YUAN = ((1e8, "亿元"), (1e4, "万元"), (1.0, "元"))
_FOLDER = TemporaryDirectory(prefix="budget-forms-fonts-")  # lives as long as the notebook


def use_chinese_font() -> None:
    """Draws Chinese with the font that PyMuPDF carries (Droid Sans Fallback), or with one of the system without it."""
    names = ["DejaVu Sans", "Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei"]
    try:
        import pymupdf
    except ImportError:
        installed = set(font_manager.get_font_names())
        names = [name for name in names if name in installed]
    else:
        path = Path(_FOLDER.name, "chinese.ttf")
        path.write_bytes(pymupdf.Font("china-s").buffer)
        font_manager.fontManager.addfont(path)
        names = ["DejaVu Sans", font_manager.FontProperties(fname=path).get_name()]
    matplotlib.rcParams |= {
        "font.family": names,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titlelocation": "left",
        "figure.dpi": 110,
        "hatch.color": "white",
    }


def bars(frame: pd.DataFrame, title: str, unit: str = "", *, stacked: bool = False) -> None:
    """One group of level bars for each row, named by the index, the first on top; one bar for each column.

    Columns differ in colour and hatching; a missing value has no bar. `unit` "yuan" picks 亿元 or 万元, and "%" tells a
    share. Says so when there is nothing to draw.
    """
    if frame.empty or not frame.fillna(0).to_numpy().any():
        print(f"Nothing to draw in this dataset: {title}")
        return
    numbers = frame.astype(float).reset_index(drop=True)
    tops = numbers.sum(axis=1) if stacked else numbers.max(axis=1)
    scale, label = _scale(tops.max()) if unit == "yuan" else (1.0, unit)
    rows = len(frame) * (1 if stacked else max(1.0, 0.62 * frame.shape[1]))
    _, axes = plt.subplots(figsize=(9, 1.3 + 0.34 * rows), layout="constrained")
    (_draw_stacked if stacked else _draw_beside)(axes, numbers / scale, "yuan" if unit == "yuan" else unit[:1])
    axes.set_yticks(range(len(frame)), [_cut(str(name)) for name in frame.index])
    axes.set_ylim(len(frame) - 0.4, -0.6)
    axes.set_title(title, pad=24 if frame.shape[1] > 1 else 8)
    axes.set_xlabel(label)
    if unit != "yuan" and not unit.startswith("%"):  # what is counted has no halves
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    if frame.shape[1] > 1:
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4, frameon=False, borderaxespad=0.2)
    plt.show()


def _draw_stacked(axes: Axes, numbers: pd.DataFrame, unit: str) -> None:
    left = pd.Series(0.0, index=numbers.index)
    for n, column in enumerate(numbers.columns):
        values = numbers[column].fillna(0)
        drawn = axes.barh(numbers.index, values, 0.7, left=left, label=str(column), **_look(n))
        left += values
    if unit != "%":
        axes.bar_label(drawn, [_number(value, unit) for value in left], padding=3, fontsize=8)
    axes.margins(x=0 if unit == "%" else 0.1)


def _draw_beside(axes: Axes, numbers: pd.DataFrame, unit: str) -> None:
    """The bars of a row stand around its middle, those that are there."""
    width = 0.8 / numbers.shape[1]
    there = numbers.notna()
    first = numbers.index - (there.sum(axis=1) - 1) / 2 * width
    before = there.cumsum(axis=1) - 1
    for n, column in enumerate(numbers.columns):
        values = numbers[column]
        drawn = axes.barh(first + before[column] * width, values, width * 0.92, label=str(column), **_look(n))
        axes.bar_label(drawn, [_number(value, unit) for value in values], padding=3, fontsize=8)
    axes.margins(x=0.1)


def _look(column: int) -> dict[str, Any]:
    return {"color": COLOURS[column % len(COLOURS)], "hatch": HATCHES[column % len(HATCHES)]}


def _scale(top: float) -> tuple[float, str]:
    return next((unit for unit in YUAN if top >= unit[0]), YUAN[-1])


def _number(value: float, unit: str) -> str:
    if pd.isna(value):
        return ""
    return f"{value:,.{ {'yuan': 2, '%': 1}.get(unit, 0) }f}"


def _cut(name: str, width: int = 40) -> str:
    """A long name without its middle: names of one place often begin alike. Chinese characters count twice."""
    wide = sum(2 if east_asian_width(character) in "WF" else 1 for character in name)
    kept = int(len(name) * width / max(wide, 1)) - 1
    return name if wide <= width else f"{name[: kept // 2]}…{name[len(name) - kept // 2 :]}"


def group(names: Sequence[object]) -> str:
    """Several columns as one name of a bar."""
    return " ".join("–" if pd.isna(name) else str(name) for name in names)  # type: ignore[call-overload]
