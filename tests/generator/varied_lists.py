"""Lists of projects in arrangements that nobody has described: a row group a project, under any labels."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from hypothesis import assume
from hypothesis import strategies as st

from .cutting import CutText, cut_table
from .drawing import PADDING, DrawnCell, DrawnPage, DrawnTable, DrawnText, shows_text, text_height
from .forms import wrap
from .traits import FONT
from .varied import texts

PROJECTS = (  # name, amounts in 万元, goal, indicators
    (
        "老年人助餐服务",
        ("12.50", "12.00", "0.50"),
        "让老年人吃上热饭。",
        (
            ("产出指标", "数量指标", "助餐人数", "≥", "1000", "人"),
            ("产出指标", "质量指标", "食品安全合格率", "=", "100", "%"),
            ("满意度指标", "服务对象满意度指标", "老年人满意度", "≥", "95", "%"),
        ),
    ),
    (
        "居家照护补贴",
        ("8.00", "8.00", "0.00"),
        "减轻家庭负担。",
        (
            ("产出指标", "数量指标", "补贴人数", "=", "200", "人"),
            ("效益指标", "社会效益指标", "减轻负担", "定性", "有所减轻", ""),
        ),
    ),
    (
        "信息系统运维",
        ("3.60", "3.00", "0.60"),
        "保证系统稳定运行。",
        (
            ("产出指标", "时效指标", "故障响应时间", "≤", "2", "小时"),
            ("产出指标", "数量指标", "运维系统个数", "=", "3", "个"),
            ("满意度指标", "服务对象满意度指标", "使用者满意度", "≥", "90", "%"),
        ),
    ),
)
CODES = ("110000220001", "110000220002", "110000220003")


@dataclass
class VariedList:
    """What was drawn, and what must be read: a project's code, name, amounts by source, goal and rows."""

    pages: list[DrawnPage] = field(default_factory=list)
    projects: list[tuple[str | None, str, dict[str, str], str, list[tuple[str, ...]]]] = field(default_factory=list)


@st.composite
def varied_lists(
    draw: st.DrawFn, cuts: Sequence[CutText] = (CutText.FIRST, CutText.LAST, CutText.MIDDLE)
) -> VariedList:
    """Three projects in a list cut by up to two page breaks."""
    coded = draw(st.sampled_from(("no", "glued", "column")))
    scope = draw(st.sampled_from(("lifetime", "annual")))
    total = draw(st.sampled_from(texts("fund", source="total", scope=scope)))
    heads = {"project_name": draw(st.sampled_from(("项目名称", "政策和项目名称", "预算项目名称")))}
    if coded == "column":
        heads = {"project_code": "项目编码", **heads}
    sources = ["total", *draw(st.sampled_from(((), ("fiscal", "other"))))]
    heads |= dict(zip(sources, (total, "其中：财政资金", "其他资金"), strict=False))
    heads["goal"] = draw(st.sampled_from(texts("goal", scope=scope)))
    apart = draw(st.booleans())
    roles = [
        "level1",
        "level2",
        "level3",
        *(draw(st.permutations(("operator", "target", "unit"))) if apart else ["target"]),
    ]
    heads |= {role: draw(st.sampled_from(texts("column", column=role))) for role in roles}
    columns = list(heads)
    grid = _grid(columns, coded, apart)
    form = VariedList(projects=[_expected(number, coded, sources) for number in range(len(PROJECTS))])
    _lay_out(draw, form, columns, heads, grid, draw(st.sampled_from(cuts)))
    return form


def _expected(
    number: int, coded: str, sources: list[str]
) -> tuple[str | None, str, dict[str, str], str, list[tuple[str, ...]]]:
    name, amounts, goal, rows = PROJECTS[number]
    code = None if coded == "no" else CODES[number]
    return code, name, dict(zip(sources, amounts, strict=False)), goal, [(*row[:3], _target(row)) for row in rows]


def _target(row: tuple[str, ...]) -> str:
    return "".join(row[4:] if row[3] == "定性" else row[3:])


def _grid(columns: list[str], coded: str, apart: bool) -> list[dict[str, str | None]]:
    """The rows of the list; None where a group's cell goes on from above."""
    grid: list[dict[str, str | None]] = []
    for code, (name, amounts, goal, rows) in zip(CODES, PROJECTS, strict=True):
        group = {
            "project_code": code,
            "project_name": f"{code}-{name}" if coded == "glued" else name,
            **dict(zip(("total", "fiscal", "other"), amounts, strict=True)),
            "goal": goal,
        }
        for number, row in enumerate(rows):
            own = dict(zip(("level1", "level2", "level3", "operator", "target", "unit"), row, strict=True))
            if not apart:
                own["target"] = _target(row)
            grid.append({c: (group[c] if number == 0 else None) if c in group else own[c] for c in columns})
    return grid


def _lay_out(
    draw: st.DrawFn,
    form: VariedList,
    columns: list[str],
    heads: dict[str, str],
    grid: list[dict[str, str | None]],
    cut: CutText,
) -> None:
    widths = [{"goal": 130.0, "project_name": 110.0, "level3": 100.0}.get(c, 62.0) for c in columns]
    cells: list[DrawnCell] = []
    for number, column in enumerate(columns):
        characters = int((widths[number] - 2 * PADDING) / FONT)
        cells.append(DrawnCell(0, number, text=wrap(heads[column], characters), font_size=FONT))
        starts = [row for row, line in enumerate(grid) if line[column] is not None]
        for start, end in pairwise([*starts, len(grid)]):
            text = wrap(grid[start][column] or "", characters)
            cells.append(DrawnCell(start + 1, number, end - start, 1, text, font_size=FONT))
    heights = [0.0] * (len(grid) + 1)
    for cell in cells:  # every row is as high as the group's texts: a page break may leave it alone with them
        for row in range(cell.row, cell.row + cell.row_span):
            heights[row] = max(heights[row], text_height(cell.text, FONT) + 2 * PADDING)
    table = DrawnTable(40, 90, tuple(widths), tuple(heights), tuple(cells))
    breaks = draw(st.lists(st.integers(2, len(grid)), unique=True, max_size=2))
    repeated = draw(st.booleans())
    head_cells = tuple(cell for cell in cells if cell.row == 0)
    width = sum(widths) + 80
    title = (
        DrawnText(width / 2, 40, "项目支出绩效目标表", "centre", 14),
        DrawnText(width - 40, 70, "单位：万元", "right"),
    )
    for number, part in enumerate(cut_table(table, breaks, cut, 60)):
        goals = [cell for cell in part.cells if columns[cell.column] == "goal" and shows_text(part, cell)]
        assume(goals)  # a page without any goal may belong to the project before or after it: nobody can tell
        moved = tuple(replace(cell, row=cell.row + 1) for cell in part.cells)
        headed = replace(part, row_heights=(heights[0], *part.row_heights), cells=(*head_cells, *moved))
        form.pages.append(DrawnPage(width, 595, () if number else title, (headed if number and repeated else part,)))
