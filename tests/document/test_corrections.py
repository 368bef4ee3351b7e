"""Corrections of what was read: everything follows from them, and they stay while what was read is the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.document.comparison import verified
from pipeline.document.result import DocumentResult, Row
from pipeline.run.read_document import read_document
from tests.correcting import Reviewer, messages, read_again, rules
from tests.documents import FORM, indicators, rows_of, stored
from tests.generator.drawing import DrawnPage, Producer, draw
from tests.generator.forms import lay_out

WRONG_SUM = replace(FORM, funds=(("项目资金总额", "900,000", "年度资金申请总额", "800,000"), *FORM.funds[1:]))
SECOND = replace(FORM, header=(("项目名称", "家庭医生签约", "项目类别", "一次性项目"), *FORM.header[1:]))


def drawn(pages: Sequence[DrawnPage]) -> bytes:
    return draw(pages, Producer.LINES)


@pytest.fixture
def pdf() -> Iterator[Path]:
    """A form of which one total is not the sum of its parts."""
    with stored(drawn(lay_out(WRONG_SUM))) as path:
        yield path


def evidence(extraction: DocumentResult, table: str, row_no: int, field: str) -> list[Row]:
    rows = extraction.tables["evidence"]
    return [e for e in rows if (e["table"], e["row_no"], e["field"]) == (table, row_no, field)]


def test_an_amount_and_all_that_follows_from_it(pdf: Path) -> None:
    read = read_document(pdf)
    assert "funds.lifetime_sum" in rules(read)
    again = read_again(pdf, Reviewer(read).value(1, "funds", 1, "amount", "800,000"))
    [form] = again.tables["forms"]
    assert (form["lifetime_total"], form["error_count"]) == (800_000, 0)
    assert (rows_of(again, "funds")[0]["amount"], rows_of(again, "funds")[0]["amount_text"]) == (800_000, "800,000")
    assert "funds.lifetime_sum" not in rules(again)
    [place] = evidence(again, "funds", 1, "amount")
    [before] = evidence(read, "funds", 1, "amount")
    assert (place["method"], place["confidence"]) == ("corrected", 1)
    assert {n: place[n] for n in ("page", "x0", "y1", "text")} == {n: before[n] for n in ("page", "x0", "y1", "text")}


def test_a_unit_makes_all_amounts_anew(pdf: Path) -> None:
    again = read_again(pdf, Reviewer(read_document(pdf)).value(1, "forms", 0, "amount_unit", "万元"))
    assert again.tables["forms"][0]["annual_total"] == 8_000_000_000


def test_a_target_is_understood(pdf: Path) -> None:
    again = read_again(pdf, Reviewer(read_document(pdf)).value(1, "indicators", 1, "target", "≥1200人次"))
    row = rows_of(again, "indicators")[0]
    told = [row[name] for name in ("target", "target_kind", "target_operator", "target_value", "target_unit")]
    assert told == ["≥1200人次", "numeric", ">=", 1200, "人次"]


def test_levels_and_dates_follow(pdf: Path) -> None:
    shown = Reviewer(read_document(pdf))
    again = read_again(
        pdf,
        shown.value(1, "indicators", 1, "level2", "质量指标"),
        shown.value(1, "forms", 0, "end_date", "2022-12-31"),
        shown.value(1, "forms", 0, "project_code", "310230-1"),
    )
    [form] = again.tables["forms"]
    assert rows_of(again, "indicators")[0]["level2_code"] == "quality"
    assert (form["end_date"], form["project_code"]) == (date(2022, 12, 31), "310230-1")
    assert "dates.order" in rules(again)
    [place] = evidence(again, "forms", 0, "project_code")  # nothing was read there, so there is no box
    assert (place["page"], place["x0"], place["method"]) == (1, None, "corrected")


def test_a_missing_row_and_one_that_is_none(pdf: Path) -> None:
    shown = Reviewer(read_document(pdf))
    new = shown.add(1, 2, level1="产出指标", level2="数量指标", level3="送餐次数", target="≥20000次")
    again = read_again(pdf, new, shown.remove(1, "indicators", 5))
    names = [row[2] for row in indicators(again)]
    assert names[:4] == ["助餐人数", "助餐点个数", "送餐次数", "食品安全合格率"]
    assert len(names) == 7  # one came, one went: the wrong row was the fifth once, and is the sixth behind the new one
    assert "减轻家庭照护负担" not in names
    assert [e["method"] for e in evidence(again, "indicators", 3, "level3")] == ["corrected"]
    assert evidence(again, "indicators", 4, "level3")[0]["text"] == "食品安全合格率"
    assert not evidence(again, "indicators", 8, "level3")
    assert "correction.conflict" not in rules(again)


@pytest.mark.parametrize(("field", "name"), [("target", "助餐点个数"), ("target", "助餐点"), ("level3", "助餐点")])
def test_what_is_read_differently_keeps_no_correction(pdf: Path, field: str, name: str) -> None:
    made = Reviewer(read_document(pdf), "smudged").value(1, "indicators", 2, field, "15个")
    other = replace(WRONG_SUM, rows=(*FORM.rows[:1], ("产出指标", "数量指标", name, "=21个"), *FORM.rows[2:]))
    with stored(drawn(lay_out(other))) as path:
        again = read_again(path, made)
    assert rows_of(again, "indicators")[1]["target"] == "=21个"
    [told] = messages(again, "correction.conflict")
    assert "to '15个' was not applied" in told
    assert "王芳: smudged" in told
    assert again.tables["forms"][0]["warning_count"] == 1


def test_what_is_read_as_corrected_by_now_needs_none(pdf: Path) -> None:
    made = Reviewer(read_document(pdf)).value(1, "funds", 1, "amount", "800,000")
    with stored(drawn(lay_out(FORM))) as path:
        again = read_again(path, made)
    assert messages(again, "correction.needless")
    assert "corrected" not in [e["method"] for e in again.tables["evidence"]]


def test_a_correction_follows_its_row(pdf: Path) -> None:
    made = Reviewer(read_document(pdf)).value(1, "indicators", 7, "target", "≥99%")
    with stored(drawn(lay_out(replace(WRONG_SUM, rows=FORM.rows[3:])))) as path:
        again = read_again(path, made)
    assert rows_of(again, "indicators")[-1]["target"] == "≥99%"
    assert "correction.conflict" not in rules(again)


def test_a_correction_follows_its_form() -> None:
    pages = [*lay_out(FORM), *lay_out(SECOND)]
    with stored(drawn(pages)) as path:
        read = read_document(path)
        made = Reviewer(read).value(2, "funds", 1, "amount", "700,000")
        again = read_again(path, Reviewer(read).split(1, 5, 4), made)
    assert [form["lifetime_total"] for form in again.tables["forms"]] == [800_000, None, 700_000]


def two_in_one() -> Sequence[DrawnPage]:
    return lay_out(replace(FORM, rows=(*FORM.rows, *FORM.rows[:2])))


def test_a_form_that_was_two(pdf: Path) -> None:
    with stored(drawn(two_in_one())) as path:
        shown = Reviewer(read_document(path))
        split = shown.split(1, 0, 8)
        halves = read_again(path, split)
        again = read_again(path, split, Reviewer(halves).value(2, "forms", 0, "project_name", "送餐上门"))
    assert [form["form_no"] for form in again.tables["forms"]] == [1, 2]
    assert [form["project_name"] for form in again.tables["forms"]] == ["老年人助餐服务", "送餐上门"]
    assert again.document["form_count"] == 2
    assert [len(rows_of(again, "indicators", n)) for n in (1, 2)] == [7, 2]
    second = again.tables["forms"][1]
    assert (second["fiscal_year"], second["department"], second["annual_goal"]) == (2023, "崇明区民政局", None)
    assert evidence(again, "indicators", 1, "target")[1]["form_id"] == second["form_id"]
    assert {"form.no_goal", "form.no_funds"} <= set(rules(again))


def test_two_forms_that_are_one() -> None:
    with stored(drawn([*lay_out(FORM), *lay_out(SECOND)])) as path:
        read = read_document(path)
        again = read_again(path, Reviewer(read).merge(1))
    [form] = again.tables["forms"]
    assert (form["project_name"], form["page_first"], form["page_last"]) == ("老年人助餐服务", 1, 2)
    assert [row["indicator_no"] for row in again.tables["indicators"]] == list(range(1, 15))
    assert [row["line_no"] for row in again.tables["funds"]] == list(range(1, 15))
    assert evidence(again, "indicators", 8, "level3")[0]["page"] == 2
    assert "correction.conflict" not in rules(again)


def test_a_review_holds_for_the_values_that_were_seen(pdf: Path) -> None:
    read = read_document(pdf)
    amount = Reviewer(read).value(1, "funds", 1, "amount", "800,000")
    after = Reviewer(read_again(pdf, amount)).reviewed(1)
    again = read_again(pdf, amount, after)
    assert again.tables["forms"][0]["reviewed"] is True
    assert read_again(pdf, after).tables["forms"][0]["reviewed"] is False
    [told] = messages(read_again(pdf, after), "correction.conflict")
    assert "compare the form with its page again" in told


def test_a_text_that_nothing_used_is_used_by_a_correction() -> None:
    table = replace(FORM, header=(*FORM.header[:2], ("计划开始日期", "2023-01-01", "落实单位", "崇明区助餐中心")))
    with stored(drawn(lay_out(table))) as path:
        read = read_document(path)
        unread = [m for m in messages(read, "form.unread_text") if "崇明区助餐中心" in m]
        again = read_again(path, Reviewer(read).value(1, "forms", 0, "implementing_unit", "崇明区助餐中心"))
    assert not [m for m in messages(again, "form.unread_text") if "崇明区助餐中心" in m]
    assert unread or "layout.unknown_label" in rules(read)


@pytest.mark.parametrize(
    ("table", "row", "field", "value", "told"),
    [
        ("forms", 0, "start_date", "soon", "is no day"),
        ("forms", 0, "fiscal_year", "next", "names no year"),
        ("forms", 0, "amount_unit", "dollars", "is none of"),
        ("funds", 1, "scope", "weekly", "is none of"),
        ("indicators", 1, "weight", "heavy", "is no number"),
        ("indicators", 1, "page", "2", "has no field"),
        ("indicators", 1, "level3", "  ", "must not be blank"),
    ],
)
def test_a_value_that_cannot_be_is_not_taken(
    pdf: Path, table: str, row: int, field: str, value: str, told: str
) -> None:
    again = read_again(pdf, Reviewer(read_document(pdf)).value(1, table, row, field, value))
    assert told in messages(again, "correction.conflict")[0]


def test_the_second_reader_has_no_say_in_corrections(pdf: Path) -> None:
    read = read_document(pdf)
    shown = Reviewer(read)
    made = (
        shown.value(1, "funds", 1, "amount", "800,000"),
        shown.add(1, 2, level3="送餐次数", target="≥20000次"),
        shown.remove(1, "indicators", 5),
    )
    first, second = (read_again(pdf, *made, reader=reader) for reader in ("mupdf", "pdfplumber"))
    told, agreement = verified(first, second)
    assert "reader.disagreement" not in rules(told)
    assert agreement.compared == agreement.agreed > 0
    assert evidence(told, "funds", 1, "amount")[0]["confidence"] == 1
    first = read_again(pdf, made[0])
    told, _ = verified(first, read)  # the second reader reads something else, so that its text is not corrected
    assert "reader.disagreement" not in rules(told)


def test_decimals_are_exact(pdf: Path) -> None:
    again = read_again(pdf, Reviewer(read_document(pdf)).value(1, "funds", 1, "amount", "0.07"))
    assert again.tables["forms"][0]["lifetime_total"] == Decimal("0.07")
