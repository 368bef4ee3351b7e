"""Forms whose pages are set apart: moved, scaled, set anew, with a page between, or cut inside of a row or a label."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from types import EllipsisType

from hypothesis import strategies as st

from .cutting import CutText, cut_table, stretch_row
from .drawing import DrawnCell, DrawnPage, DrawnTable, DrawnText, text_height
from .forms import FormContent, FormLayout, lay_out, wrap
from .spans import Row as SpannedRow
from .spans import merged_table

PLACES = ("云溪区", "霞浦岭", "平澜县", "石桥镇", "青石巷", "南湖片", "东山村")
THINGS = ("行道树", "图书角", "污水管网", "老旧公厕", "健身步道", "养老驿站", "路灯")
DEEDS = ("补植养护", "更新改造", "巡查维修", "建设", "运行保障", "清洗消毒")
UNITS = ("个", "株", "公里", "座", "次", "万平方米", "册")
WORDS = ("及时", "有所提升", "明显改善", "健全", "长期保持")
LEVELS = (
    ("产出指标", "数量指标"),
    ("产出指标", "质量指标"),
    ("产出指标", "时效指标"),
    ("成本指标", "经济成本指标"),
    ("效益指标", "社会效益指标"),
    ("效益指标", "可持续影响指标"),
    ("满意度指标", "服务对象满意度指标"),
)
Row = tuple[str, str, str, str]
MARGIN, TOP = 40.0, 60.0


@dataclass(frozen=True)
class Content:
    """What a form prints: amounts as whole numbers of yuan."""

    title: str
    year: int
    name: str
    department: str
    unit: str
    amount: int
    goal: str
    rows: tuple[Row, ...]

    def table(self) -> DrawnTable:
        """The form as one table on a page as high as it needs."""
        form = FormContent(
            self.title,
            self.rows,
            year=f"（{self.year}年度）",
            header=(
                ("项目名称", self.name, "项目类别", "经常性项目"),
                ("主管部门", self.department, "实施单位", self.unit),
            ),
            funds=(("年度资金总额", f"{self.amount:,}", "其中：财政拨款", f"{self.amount:,}"),),
            goals=("", self.goal),
        )
        (page,) = lay_out(form, FormLayout(page_height=5000, margin=MARGIN, name_characters=20))
        return replace(page.tables[0], y=100)

    @property
    def heading(self) -> tuple[DrawnText, ...]:
        return heading(self, 40)


def heading(content: Content, y: float) -> tuple[DrawnText, ...]:
    """Title and year of a form."""
    return (
        DrawnText(297, y, content.title, "centre", 14),
        DrawnText(297, y + 24, f"（{content.year}年度）", "centre"),
    )


@st.composite
def contents(draw: st.DrawFn) -> Content:
    """A form with 3 to 9 indicators under levels in their order."""
    pick = st.sampled_from
    name = draw(pick(PLACES)) + draw(pick(THINGS)) + draw(pick(DEEDS))
    levels = sorted(draw(st.lists(st.integers(0, len(LEVELS) - 1), min_size=3, max_size=9)))
    rows: list[Row] = []
    for number, level in enumerate(levels):
        level3 = f"{draw(pick(THINGS))}{draw(pick(DEEDS))}第{'一二三四五六七八九'[number]}项"
        sign, amount = draw(pick(("≥", "≤", "="))), draw(st.integers(1, 9999))
        target = draw(st.one_of(st.just(f"{sign}{amount}{draw(pick(UNITS))}"), pick(WORDS)))
        rows.append((*LEVELS[level], level3, target))
    goal = "".join(
        f"{draw(pick(DEEDS))}{draw(pick(PLACES))}{draw(pick(THINGS))}{n}处，" for n in range(2, draw(st.integers(4, 9)))
    )
    return Content(
        draw(pick(("项目支出绩效目标表", "财政项目支出绩效目标申报表"))),
        draw(st.integers(2019, 2026)),
        name,
        draw(pick(PLACES)) + "民政局",
        draw(pick(PLACES)) + "服务中心",
        draw(st.integers(1, 10**7)),
        f"{goal}按期完成。",
        tuple(rows),
    )


LIST_WIDTHS = (90.0, 60.0, 130.0, 60.0, 70.0, 100.0, 60.0)
LIST_HEADINGS = ("项目名称", "年度资金总额", "年度目标", "一级指标", "二级指标", "三级指标", "指标值")


@st.composite
def lists(draw: st.DrawFn) -> tuple[tuple[Content, ...], DrawnTable]:
    """A list of projects with goals of many lines, as one table with its headings in the first row."""
    projects = tuple(draw(st.lists(contents(), min_size=2, max_size=4, unique_by=lambda c: c.name)))
    cells = [DrawnCell(0, column, text=text) for column, text in enumerate(LIST_HEADINGS)]
    heights = [20.0]
    for project in projects:
        top, count = len(heights), len(project.rows)
        group = (project.name, f"{project.amount:,}", project.goal)
        for column, text in enumerate(group):
            characters = int((LIST_WIDTHS[column] - 6) / 9)
            cells.append(DrawnCell(top, column, row_span=count, text=wrap(text, characters)))
        for row, texts in enumerate(project.rows):
            for column, text in enumerate(texts, start=len(group)):
                cells.append(DrawnCell(top + row, column, text=wrap(text, int((LIST_WIDTHS[column] - 6) / 9))))
        heights += [max(24.0, (text_height(cells[-1].text, 9) + len(project.goal) + 20) / count)] * count
    return projects, DrawnTable(MARGIN, 90, LIST_WIDTHS, tuple(heights), tuple(cells))


def list_pages(table: DrawnTable, before: int, cut_text: CutText, repeats: bool) -> list[DrawnPage]:
    """A list on two pages; the second may repeat the headings."""
    above, below_it = cut_table(table, [before], cut_text, TOP)
    if repeats:
        head = tuple(cell for cell in table.cells if not cell.row)
        cells = (*head, *(replace(cell, row=cell.row + 1) for cell in below_it.cells))
        below_it = replace(below_it, row_heights=(table.row_heights[0], *below_it.row_heights), cells=cells)
    texts = (DrawnText(330, 40, "项目支出绩效目标表", "centre", 14), DrawnText(600, 66, "单位：元", "right"))
    return [DrawnPage(660, 3000, texts, (above,)), DrawnPage(660, 3000, tables=(below_it,))]


def first_row(table: DrawnTable, content: Content) -> int:
    """The grid row of the first indicator."""
    return len(table.row_heights) - len(content.rows)


def moved(table: DrawnTable, by: float) -> DrawnTable:
    """The table further right, as on a page with mirrored margins."""
    return replace(table, x=table.x + by)


def scaled(table: DrawnTable, by: float) -> DrawnTable:
    """The table with wider or narrower columns."""
    return replace(table, column_widths=tuple(width * by for width in table.column_widths))


def set_anew(table: DrawnTable, shifts: tuple[float, ...]) -> DrawnTable:
    """The table with its inner borders moved, in points from left to right; borders that no cell has are left out."""
    used = sorted({c.column for c in table.cells} | {c.column + c.column_span for c in table.cells})
    edges = list(accumulate(table.column_widths, initial=0.0))
    kept = [edges[column] for column in used]
    kept[1:-1] = [x + by for x, by in zip(kept[1:-1], shifts, strict=False)]
    cells = tuple(
        replace(c, column=used.index(c.column), column_span=used.index(c.column + c.column_span) - used.index(c.column))
        for c in table.cells
    )
    return replace(table, x=table.x + kept[0], column_widths=tuple(b - a for a, b in pairwise(kept)), cells=cells)


def without_first_column(table: DrawnTable) -> DrawnTable:
    """The table without its leftmost column, which heads the block."""
    width = table.column_widths[0]
    cells = tuple(replace(c, column=c.column - 1) for c in table.cells if c.column)
    return replace(table, x=table.x + width, column_widths=table.column_widths[1:], cells=cells)


def cut(table: DrawnTable, before: int, cut_text: CutText = CutText.FIRST) -> tuple[DrawnTable, DrawnTable]:
    """The table on two pages, broken before a grid row."""
    first, second = cut_table(table, [before], cut_text, TOP)
    return first, second


def cut_in_row(table: DrawnTable, row: int, column_texts: dict[str, tuple[str, str]]) -> tuple[DrawnTable, DrawnTable]:
    """The table broken inside of a grid row. Texts named are divided as given; others of the row stand above."""
    first, second = cut(stretch_row(table, row, 80), row + 1)
    above = tuple(
        replace(c, text=column_texts.get(c.text, (c.text, ""))[0]) if c.row <= row < c.row + c.row_span else c
        for c in first.cells
    )
    parts = {whole: rest for whole, (_, rest) in column_texts.items()}
    owners = {_left(table, cell): cell.text for cell in table.cells if cell.row <= row < cell.row + cell.row_span}
    below = tuple(
        replace(c, text=parts[owners[_left(second, c)]]) if c.row == 0 and owners.get(_left(second, c)) in parts else c
        for c in second.cells
    )
    return replace(first, cells=above), replace(second, cells=below)


def _left(table: DrawnTable, cell: DrawnCell) -> float:
    return table.columns[cell.column]


def below(one: DrawnTable, other: DrawnTable, gap: float = 0) -> tuple[DrawnTable, ...]:
    """Two tables below each other: one table where they share a border."""
    if gap:
        return one, replace(other, y=one.rows[-1] + gap)
    rows = len(one.row_heights)
    moved_down = tuple(replace(cell, row=cell.row + rows) for cell in other.cells)
    return (replace(one, row_heights=(*one.row_heights, *other.row_heights), cells=(*one.cells, *moved_down)),)


def without_heading_row(table: DrawnTable, content: Content) -> DrawnTable:
    """The table without the row that heads its indicators."""
    head = first_row(table, content) - 1
    cells = tuple(
        replace(
            cell,
            row=cell.row - (cell.row > head),
            row_span=cell.row_span - (cell.row <= head < cell.row + cell.row_span),
        )
        for cell in table.cells
    )
    heights = table.row_heights
    kept = tuple(cell for cell in cells if cell.row_span)
    return replace(table, row_heights=(*heights[:head], *heights[head + 1 :]), cells=kept)


def goal_row(content: Content, label: str, goal: str) -> DrawnTable:
    """A form whose third row is the label of its goal, one character a line, with the goal beside it."""
    return _plain_table(content, (30, 75, 90, 150, 120), (label, goal, ..., ..., ...), vertical=label)


def _plain_table(
    content: Content, widths: Sequence[float], goal: Sequence[str | EllipsisType], vertical: str = ""
) -> DrawnTable:
    indicators: list[SpannedRow] = [(None, *row) for row in content.rows]
    rows: list[SpannedRow] = [
        ("项目名称", ..., content.name, "主管部门", content.department),
        ("实施单位", ..., content.unit, "年度资金总额（元）", f"{content.amount:,}"),
        goal,
        ("绩效指标", "一级指标", "二级指标", "三级指标", "指标值"),
        *indicators,
    ]
    table = merged_table(rows, widths)
    cells = tuple(
        replace(c, text=vertical, vertical=True) if c.text.replace("\n", "") == vertical else c for c in table.cells
    )
    return replace(table, y=100, cells=cells)


def left_and_right(content: Content, first: float, by: float) -> list[DrawnPage]:
    """A form whose last column, with the targets and the values of labels, stands on a page of its own."""
    table = _plain_table(content, (first, 75, 90, 150, 120), ("年度总目标", ..., content.goal, ..., ""))
    widths, last = table.column_widths, len(table.column_widths) - 1
    left = tuple(cell for cell in table.cells if cell.column < last)
    right = tuple(replace(cell, column=0) for cell in table.cells if cell.column == last)
    return [
        DrawnPage(texts=content.heading, height=2000, tables=(replace(table, column_widths=widths[:-1], cells=left),)),
        DrawnPage(height=2000, tables=(replace(table, x=MARGIN + by, column_widths=widths[-1:], cells=right),)),
    ]


def pages_of(content: Content, parts: tuple[DrawnTable, ...], between: tuple[DrawnPage, ...] = ()) -> list[DrawnPage]:
    """Two pages of a form, with others between."""
    first, *others = parts
    return [DrawnPage(texts=content.heading, tables=(first,)), *between, *(DrawnPage(tables=(x,)) for x in others)]
