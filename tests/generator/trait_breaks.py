"""Small forms that go on over a page break, or share a page: drawn for the pictures of docs/traits.md."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from . import separated
from .drawing import DrawnPage, DrawnTable, DrawnText, Producer, draw
from .forms import wrap

LONG = separated.Content(
    "项目支出绩效目标表",
    2025,
    "盲道与坡道整治",
    "云溪区民政局",
    "青禾区服务中心",
    860_000,
    "整治云溪区盲道12处，修缮青禾区坡道36处，按期完成。",
    (
        ("产出指标", "数量指标", "盲道整治处数", "≥12处"),
        ("产出指标", "质量指标", "验收合格率", "100%"),
        ("效益指标", "社会效益指标", "出行便利程度", "有所提高"),
        ("满意度指标", "服务对象满意度指标", "居民满意度", "≥92%"),
    ),
)
OTHER = replace(LONG, name="公共厕所改造", department="青禾区城管局", title="公共厕所改造专项资金绩效目标申报表")


def broken(change: Callable[[DrawnTable], DrawnTable], rows: int = 2) -> bytes:
    """A form on two pages; the second page's part of its table is changed."""
    table = LONG.table()
    first, second = separated.cut(table, separated.first_row(table, LONG) + rows)
    return draw(separated.pages_of(LONG, (first, change(second))), Producer.LINES)


def cut_target() -> bytes:
    table = LONG.table()
    row = separated.first_row(table, LONG) + 2
    return draw(
        separated.pages_of(LONG, separated.cut_in_row(table, row, {"有所提高": ("有所", "提高")})), Producer.LINES
    )


def cut_name() -> bytes:
    parts = separated.cut_in_row(LONG.table(), 0, {LONG.name: ("盲道与坡", "道整治")})
    return draw(separated.pages_of(LONG, parts), Producer.LINES)


def cut_label() -> bytes:
    label, goal = "年度总体目标", wrap("目标1：" + LONG.goal + "\n目标2：组织验收，全部合格。", 47)
    first, second = goal.split("\n")[0], "\n".join(goal.split("\n")[1:])
    row = separated.goal_row(LONG, label, goal)
    parts = separated.cut_in_row(row, 2, {label: (label[:5], label[5:]), goal: (first, second)})
    return draw(separated.pages_of(LONG, parts), Producer.LINES)


def page_between() -> bytes:
    table = LONG.table()
    parts = separated.cut(table, separated.first_row(table, LONG) + 2)
    text = DrawnPage(texts=(DrawnText(60, 60, "注：本表一式两份，由主管部门填报。"),))
    return draw(separated.pages_of(LONG, parts, (text,)), Producer.LINES)


def at_the_foot(rows: int) -> bytes:
    """A second form of which the title, and some rows, stand below the first one."""
    one, other = LONG.table(), OTHER.table()
    foot = one.rows[-1] + 30
    texts = (*LONG.heading, *separated.heading(OTHER, foot))
    tables: tuple[DrawnTable, ...] = (one,)
    if rows:
        above, other = separated.cut(other, rows)
        tables = (one, replace(above, y=foot + 46))
    pages = [DrawnPage(texts=texts, tables=tables), DrawnPage(tables=(replace(other, y=60),))]
    return draw(pages, Producer.LINES)


def left_and_right() -> bytes:
    return draw(separated.left_and_right(LONG, 40, 0), Producer.LINES)


def one_below_another() -> bytes:
    table = separated.without_heading_row(OTHER.table(), OTHER)
    page = DrawnPage(texts=LONG.heading, tables=separated.below(LONG.table(), table))
    return draw([page], Producer.LINES)
