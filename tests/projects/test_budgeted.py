"""The row of a budget table that a form is about: by code, name, unit and amount; in doubt none."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pipeline.dictionaries import load_naming, load_regions
from pipeline.projects.budgeted import Budgeted, ProjectRow, budgeted_forms
from pipeline.projects.model import ProjectForm
from pipeline.projects.names import organ
from pipeline.projects.rows import project_years
from tests.projects.test_projects import form, links

OWNER = "上海市普陀区财政局"


# Amounts are told in thousands of yuan.


def row(name: str, amount: int | None = 100, row_no: int = 1, *, unit: str | None = None, **told: Any) -> ProjectRow:
    owner = organ(unit, None, load_regions(), load_naming()) if unit else None
    printed = None if amount is None else Decimal(amount * 1000)
    return ProjectRow("d", "d-t001", row_no, name, None, owner, printed)._replace(**told)


def asked(name: str, amount: int = 100, **told: object) -> ProjectForm:
    return form(name, document="d", annual_total=Decimal(amount * 1000), **told)  # type: ignore[arg-type]


def found(forms: list[ProjectForm], *rows: ProjectRow) -> list[Budgeted | None]:
    known = budgeted_forms(forms, rows, load_naming())
    return [known.get(one.form_id) for one in forms]


def test_the_same_name_though_the_amounts_differ() -> None:
    assert found([asked("信息化运维", 90)], row("信息化运维", 100)) == [
        Budgeted("d-t001", 1, Decimal(100_000), "exact")
    ]


def test_the_same_code_comes_before_the_name() -> None:
    rows = [row("信息化运维", row_no=1), row("系统运行", 7, 2, project_code="11000022T000000391739")]
    [one] = found([asked("信息化运维", code="11000022T000000391739")], *rows)
    assert one is not None
    assert (one.row_no, one.method) == (2, "code")


def test_a_name_that_differs_in_year_and_last_word() -> None:
    [one] = found([asked("2026年信息化运维项目")], row("普陀区信息化运维"))
    assert one is not None
    assert one.method == "normalised"


def test_another_name_and_another_document_are_no_row() -> None:
    assert found([asked("信息化运维")], row("信息化建设"), row("信息化运维", document_id="e")) == [None]


def test_of_several_units_the_form_has_the_row_of_its_own() -> None:
    rows = [row("物业管理", 100, 1, unit="上海市普陀区民政局"), row("物业管理", 100, 2, unit=OWNER)]
    [one] = found([asked("物业管理")], *rows)
    assert one is not None
    assert one.row_no == 2


def test_of_several_rows_without_units_the_amount_decides_or_nothing() -> None:
    rows = [row("物业管理", 100, 1), row("物业管理", 200, 2)]
    assert [one and one.row_no for one in found([asked("物业管理", 200), asked("物业管理", 100)], *rows)] == [2, 1]
    assert found([asked("物业管理", 150)], *rows) == [None]
    assert found([asked("物业管理"), asked("物业管理")], row("物业管理", 100, 1), row("物业管理", 100, 2)) == [
        None,
        None,
    ]


def test_rows_that_split_a_project_are_added_up() -> None:
    rows = [row("物业管理", 100, 1), row("物业管理", 200, 2)]
    assert found([asked("物业管理", 300)], *rows) == [Budgeted("d-t001", 1, Decimal(300_000), "exact")]


def test_a_row_of_another_unit_needs_the_same_amount() -> None:
    other = "上海市普陀区民政局"
    assert found([asked("物业管理", 90)], row("物业管理", 100, unit=other)) == [None]
    assert found([asked("物业管理", 100)], row("物业管理", 100, unit=other)) != [None]


def test_a_row_that_may_be_a_unit_needs_the_same_amount() -> None:
    assert found([asked("物业管理", 90)], row("物业管理", 100, is_project=False)) == [None]
    assert found([asked("物业管理", 100)], row("物业管理", 100, is_project=False)) != [None]


def test_amounts_agree_but_for_rounding() -> None:
    rows = [row("物业管理", 100, 1)._replace(amount=Decimal(100_036)), row("物业管理", 200, 2)]
    [one] = found([asked("物业管理", 100)], *rows)
    assert one is not None
    assert (one.row_no, one.amount) == (1, Decimal(100_036))


def test_target_and_narrative_have_the_same_row_and_it_counts_once() -> None:
    forms = [asked("物业管理", 120), asked("物业管理", 120, kind="project_narrative")]
    known = budgeted_forms(forms, [row("物业管理", 100)], load_naming())
    assert len(known) == 2
    [year] = project_years(forms, links(*forms), {}, known)
    assert (year.budgeted_amount, year.budget_difference) == (Decimal(100_000), Decimal(20_000))


def test_the_order_of_forms_and_rows_does_not_matter() -> None:
    forms = [asked("物业管理", 100 * n) for n in (1, 2, 3)]
    rows = [row("物业管理", 100 * n, n) for n in (3, 1, 2)]
    assert budgeted_forms(forms, rows, load_naming()) == budgeted_forms(forms[::-1], rows[::-1], load_naming())
