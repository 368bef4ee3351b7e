"""Forms with random content and one trait each: a notation, a grid of amounts, a heading that overruns."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise

from hypothesis import strategies as st

from .drawing import PADDING, Align, DrawnCell, DrawnPage, DrawnTable, DrawnText, text_height
from .forms import wrap

WIDTH, FONT = 515.0, 9.0
LEVELS = (
    ("产出指标", "数量指标"),
    ("产出指标", "质量指标"),
    ("产出指标", "时效指标"),
    ("效益指标", "社会效益指标"),
    ("效益指标", "可持续影响指标"),
    ("满意度指标", "服务对象满意度指标"),
)
NAMES = ("巡查次数", "修缮里程", "验收合格率", "完工及时性", "出行便利程度", "设施使用年限", "居民认可度", "培训人数")
TARGETS = ("≥20次", "≤30分钟", "100%", "及时", "有所提高", "≥10年", "≥92%", "1,200人")
PROJECTS = ("盲道与坡道整治", "山塘水库安全巡查", "档案数字化加工", "农村校舍暑期修缮")
ORGANS = ("云溪区教育局", "青禾区档案馆", "宁谷县交通运输局", "云溪区残疾人联合会")
GOALS = (
    "整治主次干道盲道，方便残疾人出行。",
    "完成馆藏档案数字化，加工过程符合要求。",
    "暑期内修缮校舍，消除屋面渗漏。",
)


@dataclass
class Sketch:
    """Cells as they are drawn: left and right border in points of a form 515 wide, and the cell."""

    cells: list[tuple[float, float, DrawnCell]] = field(default_factory=list)
    height: int = 0

    def put(
        self, x0: float, x1: float, text: str, row: int = 0, rows: int = 1, align: Align = "centre", runs: bool = False
    ) -> None:
        """A cell at a row counted from the end of what is there; a text that `runs` over its border is not wrapped."""
        characters = max(1, int((x1 - x0 - 2 * PADDING) / FONT))
        printed = text if runs else wrap(text, characters)
        self.cells.append((x0, x1, DrawnCell(self.height + row, 0, rows, text=printed, align=align, font_size=FONT)))

    def row(self, edges: tuple[float, ...], *texts: str) -> None:
        """A row of cells."""
        for (x0, x1), text in zip(pairwise(edges), texts, strict=True):
            self.put(x0, x1, text)
        self.height += 1

    def page(self, title: str = "项目支出绩效目标表", above: str | None = None) -> DrawnPage:
        """All on one page, with the title and a line above the table at the right."""
        table = laid_out(self.cells, self.height)
        texts = [DrawnText(297, 40, title, "centre", 14), DrawnText(297, 66, "（2025年度）", "centre")]
        texts += [DrawnText(550, 84, above, "right")] if above else []
        return DrawnPage(height=max(842, table.rows[-1] + 40), texts=tuple(texts), tables=(table,))


def laid_out(placed: Sequence[tuple[float, float, DrawnCell]], height: int) -> DrawnTable:
    """A table of cells between their left and right borders, with so many rows, each high enough for its texts."""
    borders = sorted({x for x0, x1, _ in placed for x in (x0, x1)})
    cells = tuple(
        replace(cell, column=borders.index(x0), column_span=borders.index(x1) - borders.index(x0))
        for x0, x1, cell in placed
    )
    heights = [18.0] * height
    for cell in sorted(cells, key=lambda c: (c.row_span, c.row)):
        rows = range(cell.row, cell.row + cell.row_span)
        lacking = text_height(cell.text, FONT) + 2 * PADDING - sum(heights[row] for row in rows)
        for row in rows:
            heights[row] += max(0.0, lacking) / cell.row_span
    widths = tuple(b - a for a, b in pairwise(borders))
    return DrawnTable(40, 100, widths, tuple(heights), cells)


@dataclass
class Content:
    """What a form says: name, department, goal, and its indicators: two levels, name and target."""

    name: str
    organ: str
    goal: str
    indicators: list[tuple[str, str, str, str]]


@st.composite
def contents(draw: st.DrawFn) -> Content:
    """Random content."""
    levels = draw(st.lists(st.sampled_from(LEVELS), min_size=1, max_size=7))
    names = draw(st.permutations(NAMES))
    return Content(
        draw(st.sampled_from(PROJECTS)),
        draw(st.sampled_from(ORGANS)),
        draw(st.sampled_from(GOALS)),
        [
            (*level, name, draw(st.sampled_from(TARGETS)))
            for level, name in zip(sorted(levels, key=LEVELS.index), names, strict=False)
        ],
    )


def amounts() -> st.SearchStrategy[Decimal]:
    """Amounts in 万元 with two decimals."""
    return st.decimals(Decimal("0.01"), Decimal("99999.99"), places=2)


def begin(content: Content) -> Sketch:
    """A form's name and department."""
    sketch = Sketch()
    sketch.row((0, 110, WIDTH), "项目名称", content.name)
    sketch.row((0, 110, WIDTH), "主管部门", content.organ)
    return sketch


def put_goal(sketch: Sketch, content: Content) -> None:
    sketch.row((0, 110, WIDTH), "年度绩效目标", content.goal)


def put_funds(sketch: Sketch, amount: str = "59.30") -> None:
    sketch.row((0, 110, WIDTH), "年度资金总额（万元）", amount)


def put_indicators(
    sketch: Sketch,
    content: Content,
    edges: tuple[float, ...] = (0, 110, 230, 400, WIDTH),
    headings: tuple[str, ...] = ("一级指标", "二级指标", "三级指标", "指标值"),
) -> None:
    sketch.row(edges, *headings)
    for row in content.indicators:
        sketch.row(edges, *row)
