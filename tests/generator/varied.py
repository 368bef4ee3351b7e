"""Forms in layouts that nobody has described: any label of the dictionary, in any arrangement."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

import schemas

from .cutting import CutText, cut_table
from .drawing import PADDING, DrawnCell, DrawnPage, DrawnText
from .forms import wrap
from .traits import FONT, WIDTH, laid_out

ORGANS = ("某市民政局", "某市养老服务中心")
PLAIN = {  # fields with a value that stays as it is printed
    "project_name": "老年人助餐服务",
    "department": ORGANS[0],
    "implementing_unit": ORGANS[1],
    "project_category": "特定目标类",
    "project_nature": "延续性",
}
ROWS = (
    ("产出指标", "数量指标", "助餐人数", "≥", "1000", "人"),
    ("产出指标", "数量指标", "助餐点个数", "=", "12", "个"),
    ("产出指标", "质量指标", "食品安全合格率", "=", "100", "%"),
    ("效益指标", "社会效益指标", "减轻家庭照护负担", "定性", "有所减轻", ""),
    ("满意度指标", "服务对象满意度指标", "老年人满意度", "≥", "95", "%"),
)
GOALS = {"lifetime": "让老年人在家门口吃上热饭，形成覆盖全区的助餐网络。", "annual": "全年为1000名老年人提供助餐服务。"}


@dataclass
class Varied:
    """What was drawn, and what must be read of it; `cells` are left border, right border and cell, in points."""

    cells: list[tuple[float, float, DrawnCell]] = field(default_factory=list)
    height: int = 0
    fields: dict[str, str] = field(default_factory=dict)
    funds: list[tuple[str, str, str]] = field(default_factory=list)  # scope, source, amount as printed, in 万元
    goals: dict[str, str] = field(default_factory=dict)
    rows: list[tuple[str | None, ...]] = field(default_factory=list)
    unit_above: bool = False
    first_indicator: int = 0
    pages: list[DrawnPage] = field(default_factory=list)

    def put(self, x0: float, x1: float, text: str, row: int = 0, rows: int = 1) -> None:
        """A cell at a row counted from the end of what is there."""
        characters = max(1, int((x1 - x0 - 2 * PADDING) / FONT))
        cell = DrawnCell(self.height + row, 0, row_span=rows, text=wrap(text, characters), font_size=FONT)
        self.cells.append((x0, x1, cell))


@cache
def _labels() -> list[dict[str, Any]]:
    assert schemas.__file__ is not None
    path = Path(schemas.__file__).parent / "labels.toml"
    found: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))["label"]
    return found


def texts(means: str, **attributes: str | None) -> list[str]:
    """All labels of the dictionary with a meaning, apart from those that mean something else as well."""
    others = [t for entry in _labels() if entry["means"] != means for t in entry["texts"]]
    return [
        text
        for entry in _labels()
        if entry["means"] == means and all(entry.get(name) == value for name, value in attributes.items())
        for text in entry["texts"]
        if text not in others
    ]


def _spelt(draw: st.DrawFn, label: str) -> str:
    """A label as forms write it: with a colon, with its characters set apart."""
    apart = " ".join(label) if len(label) < 6 and "(" not in label else label
    return draw(st.sampled_from((label, label, f"{label}：", apart)))


@st.composite
def varied_forms(draw: st.DrawFn) -> Varied:
    """A form with the same contents each time, under other labels and in another arrangement."""
    form = Varied()
    _header(draw, form)
    blocks = draw(st.permutations((_funds, _goals)))
    for block in blocks:
        block(draw, form)
    _indicators(draw, form)
    if draw(st.booleans()):
        form.put(0, 110, draw(st.sampled_from(("填表人", "联系人"))))
        form.put(110, WIDTH, "张三")
        form.height += 1
    _lay_out(draw, form)
    return form


def _header(draw: st.DrawFn, form: Varied) -> None:
    names = ["project_name", *draw(st.lists(st.sampled_from(list(PLAIN)[1:]), unique=True, max_size=4))]
    pairs = [(_spelt(draw, draw(st.sampled_from(texts("field", field=name)))), PLAIN[name]) for name in names]
    form.fields = {name: PLAIN[name] for name in names}
    while pairs:
        two = len(pairs) > 1 and draw(st.booleans())
        edges = (0, 110, 257, 380, WIDTH) if two else (0, 110, WIDTH)
        line = [text for _ in range(1 + two) for text in pairs.pop(0)]
        for (x0, x1), text in zip(pairwise(edges), line, strict=True):
            form.put(x0, x1, text)
        form.height += 1


def _funds(draw: st.DrawFn, form: Varied) -> None:
    scope = draw(st.sampled_from(("lifetime", "annual")))
    total = _spelt(draw, draw(st.sampled_from(texts("fund", source="total", scope=scope))))
    fiscal = draw(st.sampled_from(("其中：", ""))) + draw(st.sampled_from(("财政拨款", "财政资金", "一般公共预算拨款")))
    other = draw(st.sampled_from(("其他资金", "单位资金")))
    lines = [(total, "total", "1,234.50"), (fiscal, "fiscal", "1,200.00"), (other, "other", "34.50")]
    form.funds = [(scope, source, amount) for _, source, amount in lines]
    kind = draw(st.sampled_from(("beside", "bare", "heads", "one row")))
    form.unit_above = draw(st.booleans())
    unit = "" if form.unit_above else "（万元）"
    if kind == "beside":
        form.put(0, 80, f"项目资金\n{unit}".strip(), rows=3)
        for row, (label, _, amount) in enumerate(lines):
            form.put(80, 257, label, row)
            form.put(257, WIDTH, amount, row)
        form.height += 3
    elif kind == "bare":
        for label, _, amount in lines:
            form.put(0, 110, f"{label}{unit}")
            form.put(110, WIDTH, amount)
            form.height += 1
    elif kind == "heads":
        form.put(0, 80, f"资金情况{unit}", rows=2)
        for (x0, x1), (label, _, amount) in zip(pairwise((80, 225, 370, WIDTH)), lines, strict=True):
            form.put(x0, x1, label)
            form.put(x0, x1, amount, row=1)
        form.height += 2
    else:
        edges = (0, 80, 170, 245, 325, 380, 450, WIDTH)
        form.put(0, 80, f"项目资金{unit}")
        flat = [text for label, _, amount in lines for text in (label, amount)]
        for (x0, x1), text in zip(pairwise(edges[1:]), flat, strict=True):
            form.put(x0, x1, text)
        form.height += 1


def _goals(draw: st.DrawFn, form: Varied) -> None:
    scopes = draw(st.sampled_from((("annual",), ("lifetime",), ("lifetime", "annual"))))
    labels = [_spelt(draw, draw(st.sampled_from(texts("goal", scope=scope)))) for scope in scopes]
    form.goals = {scope: GOALS[scope] for scope in scopes}
    kind = draw(st.sampled_from(("beside", "below", *(("columns", "rows") if len(scopes) > 1 else ()))))
    if kind == "columns":
        form.put(0, 80, "绩效目标", rows=2)
        for (x0, x1), label, scope in zip(pairwise((80, 300, WIDTH)), labels, scopes, strict=True):
            form.put(x0, x1, label)
            form.put(x0, x1, GOALS[scope], row=1)
        form.height += 2
        return
    if kind == "rows":
        form.put(0, 40, draw(st.sampled_from(("绩效目标", "\n".join("绩效目标")))), rows=2)
        for row, (label, scope) in enumerate(zip(labels, scopes, strict=True)):
            form.put(40, 150, label, row)
            form.put(150, WIDTH, GOALS[scope], row)
        form.height += 2
        return
    for label, scope in zip(labels, scopes, strict=True):
        if kind == "beside":
            form.put(0, 110, label)
            form.put(110, WIDTH, GOALS[scope])
            form.height += 1
        else:
            form.put(0, WIDTH, label)
            form.put(0, WIDTH, GOALS[scope], row=1)
            form.height += 2


def _indicators(draw: st.DrawFn, form: Varied) -> None:
    apart = draw(st.booleans())  # sign, value and unit in three columns
    roles = ["level1", "level2", "level3"]
    roles += draw(st.permutations(("operator", "target", "unit"))) if apart else ["target"]
    roles += draw(st.lists(st.sampled_from(("weight", "remark", "ignored")), unique=True, max_size=2))
    headings = {role: draw(st.sampled_from(texts("column", column=role))) for role in roles}
    left = 40.0 if draw(st.booleans()) else 0.0
    widths = {"level1": 2, "level2": 2, "level3": 3}
    step = (WIDTH - left) / sum(widths.get(role, 1.5) for role in roles)
    edges = [left]
    for role in roles:
        edges.append(edges[-1] + step * widths.get(role, 1.5))
    over = bool(left) and draw(st.booleans())  # a heading over the headings
    if left:
        form.put(0, left, draw(st.sampled_from(("绩效指标", "\n".join("绩效指标")))), rows=len(ROWS) + 1 + over)
    if over:
        form.put(left, WIDTH, "年度绩效指标")
        form.height += 1
    for (x0, x1), role in zip(pairwise(edges), roles, strict=True):
        form.put(x0, x1, headings[role])
    form.height += 1
    form.first_indicator = form.height
    merged = draw(st.booleans())
    printed = [_printed_row(row, apart) for row in ROWS]
    for (x0, x1), role in zip(pairwise(edges), roles, strict=True):
        column = [row[role] for row in printed]
        for number, text in enumerate(column):
            below = [n for n in range(number, len(column)) if column[n] != text or not role.startswith("level")]
            same = (below[0] if below else len(column)) - number
            if role in ("level1", "level2") and merged:
                if number == 0 or column[number - 1] != text:
                    form.put(x0, x1, text, number, same)
            else:
                form.put(x0, x1, text, number)
    form.height += len(ROWS)
    form.rows = [
        (*row[:3], _target(row), *(row_["weight"] if "weight" in roles else None,))
        for row, row_ in zip(ROWS, printed, strict=True)
    ]


def _target(row: Sequence[str]) -> str:
    return "".join(row[4:]) if row[3] == "定性" else "".join(row[3:])


def _printed_row(row: Sequence[str], apart: bool) -> dict[str, str]:
    cells = dict(zip(("level1", "level2", "level3", "operator", "target", "unit"), row, strict=True))
    if not apart:
        cells["target"] = _target(row)
    return {**cells, "weight": "20", "remark": "无", "ignored": "按规定"}


def _lay_out(draw: st.DrawFn, form: Varied) -> None:
    table = laid_out(form.cells, form.height)
    breaks = draw(st.lists(st.integers(form.first_indicator + 1, form.height - 1), unique=True, max_size=1))
    parts = cut_table(table, breaks, draw(st.sampled_from((CutText.FIRST, CutText.LAST, CutText.EVERY))), 60)
    heading = (
        DrawnText(297, 40, "项目支出绩效目标表", "centre", 14),
        DrawnText(297, 66, "（2024年度）", "centre"),
        *((DrawnText(550, 82, "单位：万元", "right"),) if form.unit_above else ()),
    )
    form.pages = [DrawnPage(texts=heading if not n else (), tables=(part,)) for n, part in enumerate(parts)]
