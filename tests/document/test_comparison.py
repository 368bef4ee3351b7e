"""The second reader: what both readers read alike is confirmed, what they do not becomes a finding."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import NoReturn

import pytest

from pipeline.dataset.checks.check import check_dataset
from pipeline.dataset.views import connect
from pipeline.document.comparison import NOTHING_COMPARED, doubtful, verified
from pipeline.document.read import extract_file
from pipeline.document.result import Extraction, PageRange, Row
from pipeline.run.messages import as_lines
from pipeline.run.second_reading import read_again
from pipeline.run.steps import make_job
from pipeline.settings import Settings
from tests.documents import FORM, JOURNAL, SYSTEM, column, extract, extract_form, list_pages, rows_of, stored
from tests.generator.drawing import Producer, draw
from tests.generator.forms import lay_out
from tests.shared import ingest_here

UNEVEN = replace(FORM, funds=(("项目资金总额", "800,000", "年度资金申请总额", "900,000"), *FORM.funds[1:]))


def changed(extraction: Extraction, change: Callable[[dict[str, list[Row]]], object]) -> Extraction:
    """A copy of what was read with a change in its tables."""
    tables = deepcopy(extraction.tables)
    change(tables)
    return replace(extraction, tables=tables)


def disagreements(extraction: Extraction) -> list[str]:
    return [str(f["message"]) for f in extraction.tables["findings"] if f["rule"] == "reader.disagreement"]


def confidences(extraction: Extraction) -> dict[tuple[object, object, object], object]:
    return {(e["table"], e["row_no"], e["field"]): e["confidence"] for e in extraction.tables["evidence"]}


def test_what_two_readers_read_alike_is_confirmed() -> None:
    first, second = (extract_form(FORM, reader=reader) for reader in ("mupdf", "pdfplumber"))
    told, agreement = verified(first, second)
    assert agreement.compared == agreement.agreed > 50
    assert disagreements(told) == []
    assert set(confidences(first).values()) == {0.99}
    assert set(confidences(told).values()) == {1.0}


def test_a_value_read_differently_is_a_finding_with_both_texts_and_its_place() -> None:
    first = extract_form(FORM)
    second = changed(first, lambda tables: tables["indicators"][2].update(target="=101%"))
    told, agreement = verified(first, second)
    assert agreement.compared - agreement.agreed == 1
    assert disagreements(told) == [
        "indicators 3, target: the first reader reads '=100%', the second '=101%'",
    ]
    (place,) = (e for e in told.tables["evidence"] if (e["row_no"], e["field"]) == (3, "target"))
    found = told.tables["findings"][-1]
    assert {n: found[n] for n in ("page", "x0", "y1")} == {n: place[n] for n in ("page", "x0", "y1")}
    assert (place["confidence"], found["form_id"], found["severity"]) == (0.5, place["form_id"], "warning")
    assert [n for n, value in confidences(told).items() if value != 1.0] == [("indicators", 3, "target")]
    assert column(told, "forms", "warning_count") == [1]
    assert told.tables["indicators"] == first.tables["indicators"]


def test_a_long_text_is_shown_where_it_differs() -> None:
    first = extract_form(replace(FORM, goals=("全年" * 150, FORM.goals[1])))
    second = changed(first, lambda tables: tables["forms"][0].update(lifetime_goal="全年" * 140 + "今年" * 10))
    (message,) = disagreements(verified(first, second)[0])
    assert "今年" in message
    assert len(message) < 300


def test_white_space_is_no_difference() -> None:
    first = extract_form(FORM)
    second = changed(first, lambda tables: tables["forms"][0].update(project_name="老年人 助餐服务"))
    assert disagreements(verified(first, second)[0]) == []


def test_a_row_that_one_reader_misses_does_not_shift_the_others() -> None:
    first = extract_form(FORM)
    second = changed(first, lambda tables: tables["indicators"].pop(1))
    for one, other, missing in ((first, second, "second"), (second, first, "first")):
        told, agreement = verified(one, other)
        assert disagreements(told) == [f"the {missing} reader finds no row of indicators '助餐点个数 =12个'"]
        assert agreement.compared - agreement.agreed == 4  # three levels and the target


def test_a_form_that_one_reader_misses() -> None:
    first = extract(list_pages((JOURNAL, SYSTEM)))
    name = first.tables["forms"][0]["form_id"]

    def lose(tables: dict[str, list[Row]]) -> None:
        for table in ("forms", "funds", "indicators", "evidence"):
            tables[table] = [row for row in tables[table] if row["form_id"] != name]

    second = changed(first, lose)
    told, _ = verified(first, second)
    assert disagreements(told) == ["the second reader finds no form '《北京审计》杂志办刊经费'"]
    of_form = {e["form_id"] == name: e["confidence"] for e in told.tables["evidence"] if e["method"] != "inferred"}
    assert of_form == {True: 0.5, False: 1.0}
    told, _ = verified(second, first)
    assert disagreements(told) == ["the first reader finds no form '《北京审计》杂志办刊经费'"]
    assert told.tables["findings"][-1]["form_id"] is None


def test_a_document_is_doubtful_when_one_of_its_forms_is() -> None:
    assert doubtful(extract([*lay_out(FORM), *lay_out(UNEVEN)]))
    assert not doubtful(extract_form(FORM))


def test_a_document_with_a_doubtful_form_is_compared_whole() -> None:
    pages = [*lay_out(FORM), *lay_out(UNEVEN), *list_pages((JOURNAL, SYSTEM), breaks=(2,))]
    with stored(draw(pages, Producer.LINES)) as path:
        told, agreement = verified(extract_file(path), extract_file(path, "pdfplumber"))
    assert (agreement.compared, disagreements(told)) == (agreement.agreed, [])
    assert {e["page"] for e in told.tables["evidence"] if e["confidence"] == 1.0} == {1, 2, 3, 4}
    assert rows_of(told, "funds", 2)[0]["amount"] == Decimal(800_000)


class Second:
    """A second reader that is not well."""

    def __init__(self, act: Callable[[], NoReturn]) -> None:
        self._act = act

    def __call__(
        self, path: Path, reader: str, password: str | None = None, pages: Sequence[PageRange] | None = None
    ) -> Extraction:
        self._act()


def hang() -> NoReturn:
    while True:
        try:
            time.sleep(60)
        except Exception:  # as libraries do
            continue


def fail() -> NoReturn:
    raise RecursionError("too deep")


def fill() -> NoReturn:
    raise MemoryError


@pytest.mark.parametrize(
    ("act", "reason"), [(hang, "longer than"), (fail, "RecursionError: too deep"), (fill, "too much memory")]
)
def test_a_second_reader_that_fails_costs_nothing(act: Callable[[], NoReturn], reason: str) -> None:
    first = extract_form(FORM)
    told, agreement = read_again(first, Second(act), Path(), "pdfplumber", None, "all", 0.2)
    (finding,) = told.tables["findings"]
    assert (finding["rule"], finding["severity"]) == ("reader.unverified", "info")
    assert reason in str(finding["message"])
    assert agreement == NOTHING_COMPARED
    assert told.tables["evidence"] == first.tables["evidence"]


@pytest.mark.parametrize(("verify", "percents"), [("off", {99}), ("findings", {100}), ("all", {100})])
def test_a_run_reads_again_what_it_is_told_to(tmp_path: Path, verify: str, percents: set[int]) -> None:
    settings = Settings.model_validate({"raw": tmp_path / "raw", "out": tmp_path / "out", "verify": verify})
    settings.raw.mkdir()
    (settings.raw / "two.pdf").write_bytes(draw([*lay_out(FORM), *lay_out(UNEVEN)], Producer.LINES))
    summary = ingest_here(settings)
    told = [line for line in as_lines(summary, settings.out) if line.startswith("second reader: ")]
    assert len(told) == (verify != "off")
    assert check_dataset(settings.out) == []
    with connect(settings.out) as connection:
        found = connection.execute("SELECT DISTINCT CAST(round(100 * confidence) AS INT) FROM evidence").fetchall()
    assert {percent for (percent,) in found} == percents


def test_reading_twice_is_another_way_to_read() -> None:
    prints = {make_job(Settings.model_validate({"verify": v})).fingerprint for v in ("off", "findings", "all")}
    assert len(prints) == 3
    assert make_job(Settings(reader="pdfplumber")).second is None
