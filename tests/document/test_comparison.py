"""The second reader: what both readers read alike is confirmed, what they do not becomes a finding."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import NoReturn

import pytest

from pipeline.dataset.checks.check import check_dataset
from pipeline.dataset.views import connect
from pipeline.document.comparison import doubtful, verified
from pipeline.document.result import Agreement, DocumentResult, Row
from pipeline.run.steps import make_job
from pipeline.run.summary import as_lines
from pipeline.settings import Settings
from tests.documents import FORM, JOURNAL, SYSTEM, column, extract, extract_form, list_pages, rows_of
from tests.generator.drawing import DrawnPage, DrawnText, Producer, draw
from tests.generator.forms import lay_out
from tests.shared import ingest_here

UNEVEN = replace(FORM, funds=(("项目资金总额", "800,000", "年度资金申请总额", "900,000"), *FORM.funds[1:]))


def changed(extraction: DocumentResult, change: Callable[[dict[str, list[Row]]], object]) -> DocumentResult:
    """A copy of what was read with a change in its tables."""
    tables = deepcopy(extraction.tables)
    change(tables)
    return replace(extraction, tables=tables)


def disagreements(extraction: DocumentResult) -> list[str]:
    return [str(f["message"]) for f in extraction.tables["findings"] if f["rule"] == "reader.disagreement"]


def confidences(extraction: DocumentResult) -> dict[tuple[object, object, object], object]:
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


def test_whole_documents_are_compared_and_give_the_same_forms() -> None:
    pages = [*lay_out(FORM), *lay_out(UNEVEN), *list_pages((JOURNAL, SYSTEM), breaks=(2,))]
    first, second = (extract(pages, reader=reader) for reader in ("mupdf", "pdfplumber"))
    assert doubtful(first)
    assert not doubtful(extract_form(FORM))
    told, agreement = verified(first, second)
    assert (agreement.compared, disagreements(told)) == (agreement.agreed, [])
    assert {e["page"] for e in told.tables["evidence"] if e["confidence"] == 1.0} == {1, 2, 3, 4}
    assert rows_of(told, "funds", 2)[0]["amount"] == Decimal(800_000)


def one_form(folder: Path, verify: str) -> Settings:
    """The settings of a run over a document with one form on its second page."""
    settings = Settings.model_validate({"raw": folder / "raw", "out": folder / "out", "verify": verify})
    settings.raw.mkdir()
    front = DrawnPage(595, 842, texts=(DrawnText(60, 60, "a page without a form"),))
    (settings.raw / "one.pdf").write_bytes(draw([front, *lay_out(FORM)], Producer.LINES))
    return settings


def fail(*_: object) -> NoReturn:
    raise RecursionError("too deep")


PLUMBER = "pipeline.pages.readers.plumber"
PDFIUM_ALONE = Agreement(46, 46)  # parts of values of the form, each in its box


@pytest.mark.parametrize(
    ("fails", "deaths", "reason"),
    [
        (f"{PLUMBER}.PlumberReader.open", (), "RecursionError: too deep"),
        (f"{PLUMBER}._PlumberDocument.page", (), "RecursionError: too deep"),
        (None, (("pdfplumber", 2),), "the reading process died"),
    ],
)
def test_a_second_reader_that_fails_costs_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fails: str | None,
    deaths: Sequence[tuple[str, int]],
    reason: str,
) -> None:
    settings = one_form(tmp_path, "all")
    if fails:
        monkeypatch.setattr(fails, fail)
    summary = ingest_here(settings, deaths=deaths)
    assert (summary.ok, summary.forms) == (1, 1)
    assert summary.agreement == PDFIUM_ALONE
    with connect(settings.out) as connection:
        findings = connection.execute("SELECT rule, severity, message FROM findings").fetchall()
        confidence = connection.execute("SELECT max(confidence) FROM evidence").fetchone()
    [(rule, severity, message)] = findings
    assert (rule, severity) == ("reader.unverified", "info")
    assert reason in message
    assert confidence == (1,)  # PDFium sees the values all the same


def test_a_second_reader_without_memory_is_ended_like_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker process then ends too, and what the reader could not read is a fault of its page."""

    def fill(*_: object) -> NoReturn:
        raise MemoryError

    settings = one_form(tmp_path, "all")
    monkeypatch.setattr(f"{PLUMBER}._PlumberDocument.page", fill)
    with pytest.raises(MemoryError):
        ingest_here(settings)


@pytest.mark.parametrize(
    ("verify", "percent", "again"),
    [
        pytest.param("off", 99, 0, marks=pytest.mark.slow),
        pytest.param("values", 100, 0, marks=pytest.mark.slow),
        ("findings", 100, 1),
        pytest.param("all", 100, 2, marks=pytest.mark.slow),
    ],
)
def test_a_run_reads_again_what_it_is_told_to(tmp_path: Path, verify: str, percent: int, again: int) -> None:
    """Nothing, values in their boxes, and besides that whole documents: one with a doubtful form, or both."""
    settings = Settings.model_validate({"raw": tmp_path / "raw", "out": tmp_path / "out", "verify": verify})
    settings.raw.mkdir()
    (settings.raw / "sound.pdf").write_bytes(draw(lay_out(FORM), Producer.LINES))
    (settings.raw / "doubtful.pdf").write_bytes(draw([*lay_out(FORM), *lay_out(UNEVEN)], Producer.LINES))
    summary = ingest_here(settings)
    told = [line for line in as_lines(summary, settings.out) if line.startswith("second reader: ")]
    assert len(told) == (verify != "off")
    assert check_dataset(settings.out) == []
    with connect(settings.out) as connection:
        found = connection.execute("SELECT DISTINCT CAST(round(100 * confidence) AS INT) FROM evidence").fetchall()
    assert found == [(percent,)]
    assert len(list(settings.out.glob(".pages/pdfplumber-*/*"))) == again


def test_reading_twice_is_another_way_to_read() -> None:
    ways = ("off", "values", "findings", "all")
    assert len({make_job(Settings.model_validate({"verify": way})).fingerprint for way in ways}) == 4


def test_no_reader_confirms_itself(tmp_path: Path) -> None:
    settings = one_form(tmp_path, "all").model_copy(update={"reader": "pdfplumber"})
    assert make_job(settings).readers.count("pdfplumber") == 1
    assert ingest_here(settings).agreement == PDFIUM_ALONE
