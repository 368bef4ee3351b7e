"""Which form or row of one reading is which of another."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.document.matching import FormRows, Matched, match_forms, match_rows, match_tables
from pipeline.document.result import Row


def form(number: int, *indicators: str, page: int | None = None, **columns: object) -> FormRows:
    first = page or number
    row: Row = {"form_no": number, "form_kind": "project_target", "page_first": first, "page_last": first, **columns}
    return FormRows(row, tuple({"level3": name, "target": "1"} for name in indicators))


def numbers(matched: Matched[FormRows]) -> tuple[list[tuple[object, object]], list[object], list[object]]:
    return (
        [(old.form["form_no"], new.form["form_no"]) for old, new in matched.pairs],
        [rows.form["form_no"] for rows in matched.gone],
        [rows.form["form_no"] for rows in matched.added],
    )


def test_forms_are_matched_by_code_then_name_then_indicators() -> None:
    old = [
        form(1, project_code="A", project_name="旧名"),
        form(2, project_name="甲 项目"),
        form(3, "x", "y", "z"),
        form(4, "满意度", project_name="乙"),
    ]
    new = [
        form(1, "x", "y", "w", "z", project_name="丙"),
        form(2, project_name="甲项目"),
        form(3, project_code="A", project_name="新名"),
        form(4, "满意度", "另一", project_name="丁"),
    ]
    assert numbers(match_forms(old, new)) == ([(3, 1), (2, 2), (1, 3)], [4], [4])


def named(*names: str, page: int | None = None) -> list[FormRows]:
    return [form(number, project_name=name, page=page) for number, name in enumerate(names, start=1)]


def test_a_renamed_form_of_the_same_document_is_the_same_by_its_place() -> None:
    """Also where its new name is that of another form, on another page or on the same one."""
    for page in (None, 7):
        old, new = named("甲", "乙", "丙", page=page), named("乙", "乙", "丙", page=page)
        assert numbers(match_forms(old, new, same_document=True)) == ([(1, 1), (2, 2), (3, 3)], [], [])


def test_a_form_found_before_others_of_a_page_leaves_them_the_same() -> None:
    old, new = named("甲", "乙", page=7), named("新", "甲", "乙", page=7)
    assert numbers(match_forms(old, new, same_document=True)) == ([(1, 2), (2, 3)], [], [1])


def test_a_form_that_begins_on_another_page_is_the_same_by_its_name() -> None:
    old, new = [form(1, project_name="甲", page=3)], [form(1, project_name="甲", page=4)]
    assert numbers(match_forms(old, new, same_document=True)) == ([(1, 1)], [], [])


def indicators(*names: str) -> Sequence[Row]:
    return [{"indicator_no": n, "level2": "数量指标", "level3": name} for n, name in enumerate(names, start=1)]


def test_a_renamed_indicator_of_the_same_document_is_the_same_by_its_place() -> None:
    matched = match_rows("indicators", indicators("甲", "乙", "丙"), indicators("甲", "丙", "丙"), same_document=True)
    assert [(old["indicator_no"], new["indicator_no"]) for old, new in matched.pairs] == [(1, 1), (2, 2), (3, 3)]
    matched = match_rows("indicators", indicators("甲", "乙"), indicators("新", "甲", "乙"), same_document=True)
    assert [row["level3"] for row in matched.added] == ["新"]


def table(number: int, kind: str, title: str = "支出表") -> Row:
    return {"table_no": number, "page_first": 3, "title": title, "kind": kind, "stage": "budget", "variant": None}


def test_a_budget_table_of_the_same_document_is_the_same_by_its_place() -> None:
    old = [table(1, "expenditure"), table(2, "fiscal")]
    for new in ([table(1, "fiscal"), table(2, "fiscal")], [table(1, "basic", "基本支出表"), table(2, "fiscal")]):
        matched = match_tables(old, new, same_document=True)
        assert [(a["table_no"], b["table_no"]) for a, b in matched.pairs] == [(1, 1), (2, 2)]
    assert [row["table_no"] for row in match_tables(old, [table(1, "fiscal")]).gone] == [1]
