"""Every cell of a form has an explanation: what it was taken for, by which rule and dictionary entry, or nothing."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.dictionaries import load_knowledge
from pipeline.document.assemble import page_grids
from pipeline.document.explain import PRIVATE, CellExplanation, Explanation, Structure, explain
from pipeline.forms.dictionary import Entry
from pipeline.forms.reading import Reading, Rule, UnreadKind, Use
from pipeline.forms.segment import Gate
from pipeline.run.read_document import read_document, read_document_pages
from pipeline.tables.model import Box, Cell, PageGrid
from tests.documents import FORM, JOURNAL, SAMPLE, SCORED, SYSTEM, list_pages, stored
from tests.generator.cutting import CutText
from tests.generator.drawing import DrawnPage, Producer, draw
from tests.generator.forms import FormContent, FormLayout, lay_out
from tests.layouts import drawn, table

KNOWLEDGE = load_knowledge()


def explained(pages: Sequence[DrawnPage]) -> Explanation:
    return explain(grids(pages), KNOWLEDGE)


def grids(pages: Sequence[DrawnPage]) -> list[PageGrid]:
    with stored(draw(list(pages), Producer.LINES)) as path:
        return read_grids(path)


def read_grids(path: Path) -> list[PageGrid]:
    return list(page_grids(read_document_pages(path)))


def cell(explanation: Explanation, text: str) -> CellExplanation:
    """The first cell that prints a text."""
    return next(x for form in explanation.forms for x in form.cells if x.text == text)


def assert_complete(explanation: Explanation, pages: Sequence[PageGrid]) -> None:
    """Every cell of the pages' tables that belong to a form occurs once, with its place."""
    found = [(x.page, x.table, x.row, x.column) for form in explanation.forms for x in form.cells if x.table]
    others = {(table.page, table.number) for table in explanation.tables}
    printed = [
        (page.number, number, c.row + 1, c.column + 1)
        for page in pages
        for number, grid in enumerate(page.tables, start=1)
        for c in grid.cells
        if (page.number, number) not in others
    ]
    assert sorted(found) == sorted(printed)


def test_every_cell_of_the_sample_is_explained() -> None:
    pages = read_grids(SAMPLE)
    explanation = explain(pages, KNOWLEDGE)
    assert_complete(explanation, pages)
    assert [x.text for form in explanation.forms for x in form.cells if x.text and x.taken is None] == []
    assert sum(form.forms for form in explanation.forms) == read_document(SAMPLE).document["form_count"]


@pytest.mark.parametrize("content", [FORM, SCORED])
@pytest.mark.parametrize("layout", [FormLayout(), FormLayout(breaks=(2,))], ids=["one page", "cut"])
def test_every_cell_of_a_form_is_explained(content: FormContent, layout: FormLayout) -> None:
    pages = grids(lay_out(content, layout))
    explanation = explain(pages, KNOWLEDGE)
    assert_complete(explanation, pages)
    (form,) = explanation.forms
    assert (form.structure, form.forms) == (Structure.BOXED, 1)
    assert [x.text for x in form.cells if x.text and x.taken is None] == []


@pytest.mark.parametrize("cuts", [(), (3,)])
def test_every_cell_of_a_list_is_explained(cuts: tuple[int, ...]) -> None:
    pages = grids(list_pages((JOURNAL, SYSTEM), cuts, CutText.FIRST))
    explanation = explain(pages, KNOWLEDGE)
    assert_complete(explanation, pages)
    (form,) = explanation.forms
    assert (form.structure, form.forms) == (Structure.LIST, 2)
    assert [x.text for x in form.cells if x.text and x.taken is None] == []
    uses = {x.text: (x.taken.use, x.meaning) for x in form.cells if x.text and x.taken is not None}
    assert uses["项目名称"] == (Use.HEADING, "project_name")
    assert uses["12"] == (Use.INDICATOR, "target")
    assert uses["产出指标"] == (Use.LEVEL, "level1")
    assert uses[JOURNAL.goal] == (Use.VALUE, "annual goal")


def test_a_value_names_its_rule_and_dictionary_entry() -> None:
    explanation = explained(lay_out(FORM))
    for text, use in (("主管部门", Use.LABEL), ("崇明区民政局", Use.VALUE)):
        found = cell(explanation, text)
        assert found.taken is not None
        assert (found.taken.use, found.taken.rule, found.meaning) == (use, Rule.FIELD, "department")
        assert found.entry == Entry("labels.toml", "主管部门")


def test_an_unknown_label_and_its_value_are_taken_by_nothing() -> None:
    content = replace(FORM, header=(*FORM.header[:2], ("神秘栏目", "某个值", "实施单位", "崇明区养老服务中心")))
    explanation = explained(lay_out(content))
    assert (cell(explanation, "神秘栏目").taken, cell(explanation, "某个值").taken) == (None, None)
    assert cell(explanation, "神秘栏目").unread is UnreadKind.UNKNOWN_LABEL
    assert cell(explanation, "某个值").unread is UnreadKind.TEXT


def test_the_pattern_that_guessed_a_label_is_named() -> None:
    content = replace(
        FORM, header=(*FORM.header[:2], ("省级主管部门名称", "上海市民政局", "计划完成日期", "2023-12-31"))
    )
    found = cell(explained(lay_out(content)), "省级主管部门名称").entry
    assert found is not None
    assert (found.file, found.is_pattern) == ("label_patterns.toml", True)
    assert "主管" in found.text


def test_layout_and_the_reason_for_it() -> None:
    (form,) = explained(lay_out(FORM)).forms
    assert form.layout is not None
    assert form.reason is not None
    assert form.layout.id == "shanghai-district-target"
    assert form.reason.phrase in form.title
    assert set(form.reason.needs) <= {x.text for x in form.cells}


def test_private_values_are_not_repeated() -> None:
    content = replace(FORM, header=(*FORM.header, ("联系人", "王小明", "联系电话", "13800000000")))
    texts = [x.text for form in explained(lay_out(content)).forms for x in form.cells]
    assert {"联系人", "联系电话", PRIVATE} <= set(texts)
    assert not {"王小明", "13800000000"} & set(texts)


def test_a_table_that_is_no_form_names_the_gates_that_it_did_not_pass() -> None:
    rows = table("部门 | 支出 | 目标\n财政局 | 100 | 完成\n审计局 | 200 | 完成")
    explanation = explained([drawn("部门支出总表", rows, (100, 100, 100))])
    (other,) = explanation.tables
    assert (other.page, other.number, other.rows, other.columns, explanation.forms) == (1, 1, 3, 3, ())
    assert Gate.TITLE in other.gates
    (plain,) = explained([drawn("收支总表", table("科目 | 金额\n教育 | 100"), (100, 100))]).tables
    assert plain.gates == (Gate.MARKS,)


def test_the_first_rule_that_takes_a_cell_has_it() -> None:
    one, other = (Cell(0, 0, 1, 1, Box(0, 0, 1, 1), (), "目标") for _ in range(2))
    reading = Reading(owner=[one, other])
    reading.take(one, Use.LABEL, Rule.GOAL)
    reading.take(one, Use.VALUE, Rule.FIELD)
    taken = reading.taken(one)
    assert taken is not None
    assert (taken.use, taken.rule) == (Use.LABEL, Rule.GOAL)
    assert not reading.is_taken(other)  # equal, but another cell
