"""The review page in a real browser, with the keyboard: an error is found, corrected, and stays corrected."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.dataset.checks.check import check_dataset
from pipeline.dataset.views import connect
from pipeline.settings import Settings
from tests.browser import CHROMIUM, Browser, chromium
from tests.correcting_tables import EXPENDITURE, changed, expenditure_pages, income_page
from tests.documents import FORM, on_one_page
from tests.generator.drawing import DrawnText, Producer, draw
from tests.generator.forms import FormLayout, lay_out
from tests.generator.seed import ROW_HEIGHT, TEXT, seed_forms
from tests.shared import COMMAND, environment, ingest_here, snapshot

pytestmark = [pytest.mark.service, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")]

RIGHT, WRONG = "699,600", "669,600"  # two digits changed places


def planted() -> bytes:
    """The sample with a wrong amount on its fourth form, which crosses a page."""
    forms = seed_forms(TEXT.read_text(encoding="utf-8"))
    label, amount, year_label, year_amount = forms[3].funds[0]
    assert year_amount is not None
    wrong = year_amount.replace(RIGHT, WRONG)
    assert wrong != year_amount
    forms[3] = replace(forms[3], funds=((label, amount, year_label, wrong), *forms[3].funds[1:]))
    return draw([page for form in forms for page in lay_out(form, FormLayout(row_height=ROW_HEIGHT))], Producer.LINES)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "union.pdf").write_bytes(planted())
    settings = Settings(raw=raw, out=tmp_path / "out", corrections=tmp_path / "corrections", verify="off")
    ingest_here(settings)
    return settings


@contextmanager
def served(settings: Settings) -> Iterator[str]:
    """`budget-forms review` as people start it; its address."""
    folders = [f"--{name}={getattr(settings, name)}" for name in ("raw", "out", "corrections")]
    command = [*COMMAND, "review", *folders, "--who", "王芳"]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().removeprefix("review: ").strip()
        finally:
            process.terminate()


def amounts(settings: Settings) -> list[tuple[object, ...]]:
    """What the dataset says of the form with the planted error."""
    with connect(settings.out) as connection:
        return connection.execute(
            "SELECT f.annual_total, f.error_count, f.reviewed, e.method FROM forms f JOIN evidence e USING (form_id) "
            "JOIN funds USING (form_id) WHERE form_no = 4 AND e.field = 'amount' AND row_no = line_no "
            "AND scope = 'annual' AND source = 'total'"
        ).fetchall()


def fits(browser: Browser) -> bool:
    return bool(browser.value("document.documentElement.scrollWidth <= innerWidth"))


def test_an_error_is_found_corrected_and_stays_corrected(settings: Settings, tmp_path: Path) -> None:
    assert [row[:3] for row in amounts(settings)] == [(669_600, 1, False)]
    with served(settings) as address, chromium(tmp_path / "profile") as browser:
        browser.open(address)
        browser.press("j", "Enter")
        browser.wait("document.body.className === 'document'")
        browser.press("j", "j", "j", "j", "Enter")
        browser.wait("document.body.dataset.form?.endsWith('-004')")

        browser.press("n")
        browser.wait("document.querySelector('td.value.picked')?.dataset.read === '669,600'")
        key = browser.value("document.querySelector('td.value.picked').dataset.key")
        assert browser.value(f"document.querySelector('rect.value.picked').dataset.key === '{key}'")
        assert browser.value("document.querySelectorAll('rect.note.error.picked').length") == 1

        browser.press("c")
        browser.wait("document.activeElement.name === 'value'")
        browser.write(RIGHT)
        browser.press("Enter", ctrl=True)
        browser.wait("document.querySelector('td.value.picked')?.dataset.read === '699,600'")
        shown = browser.value("document.body.innerText")
        assert "Corrections wait" in shown
        assert "differs from" not in shown
        browser.press("a")
        browser.wait("document.body.dataset.reviewed === 'yes'")
        assert not browser.complaints

        first = ingest_here(settings)
        assert (first.read, first.errors) == (1, 0)
        assert amounts(settings) == [(699_600, 0, True, "corrected")]
        landed = snapshot(settings.out)
        ingest_here(settings.model_copy(update={"force": True}))
        assert snapshot(settings.out) == landed
        assert check_dataset(settings.out) == []

        browser.open(address)
        assert "✎ corrected" in browser.value("document.body.innerText")


def test_both_sides_show_the_same_value(settings: Settings, tmp_path: Path) -> None:
    with connect(settings.out) as connection:
        [[form]] = connection.execute("SELECT form_id FROM forms WHERE form_no = 4").fetchall()
    with served(settings) as address, chromium(tmp_path / "profile") as browser:
        for width, height in ((1280, 800), (1920, 1080)):
            browser.open(address, width, height)
            assert fits(browser)
            browser.open(f"{address}forms/{form}", width, height)
            assert fits(browser)
            browser.wait("document.querySelector('figure.page img').naturalWidth > 0")
            browser.point("rect.value[data-key='forms-0-project_name']")
            browser.wait("document.querySelector('td.value.over')?.dataset.key === 'forms-0-project_name'")

        browser.press("j")
        first = browser.value("document.querySelector('td.value.picked').dataset.key")
        browser.press("j")
        second = browser.value("document.querySelector('td.value.picked').dataset.key")
        assert (first, second) == ("forms-0-title", "forms-0-fiscal_year")

        cut = browser.value(
            "(() => { const pages = new Map(); for (const box of document.querySelectorAll('rect.value'))"
            " { const key = box.dataset.key; pages.set(key, (pages.get(key) ?? new Set())"
            ".add(box.closest('figure').dataset.page)); }"
            " return [...pages].filter(([, found]) => found.size > 1).map(([key]) => key); })()"
        )
        for key in cut[:1]:
            browser.value(f"document.querySelector(`td[data-key='{key}']`).click()")
            assert browser.value("document.querySelectorAll('rect.value.picked').length") > 1

        wide = browser.value("document.querySelector('.paper').clientWidth")
        browser.press("+")
        assert browser.value("document.querySelector('.paper').clientWidth") > wide
        browser.press("0", "?")
        browser.wait("document.querySelector('#help').open")
        browser.press("Escape")
        browser.wait("!document.querySelector('#help').open")
        browser.press("]")
        browser.wait("document.body.dataset.form?.endsWith('-005')")
        browser.press("u")
        browser.wait("document.body.className === 'document'")
        assert not browser.complaints


@pytest.fixture
def tables(tmp_path: Path) -> Settings:
    """A document without forms; a number of its first table, which crosses a page, is wrong."""
    raw = tmp_path / "raw"
    raw.mkdir()
    misread = changed(EXPENDITURE, {(7, 2): "60.00"})
    (raw / "tables.pdf").write_bytes(draw([*expenditure_pages(misread, cut=6), income_page()], Producer.LINES))
    settings = Settings(raw=raw, out=tmp_path / "out", corrections=tmp_path / "corrections", verify="off")
    ingest_here(settings)
    return settings


def test_a_number_of_a_table_is_found_corrected_and_lands(tables: Settings, tmp_path: Path) -> None:
    with served(tables) as address, chromium(tmp_path / "profile") as browser:
        browser.open(address)
        browser.press("j", "Enter")
        browser.wait("document.body.className === 'document'")
        browser.press("j", "Enter")
        browser.wait("document.body.dataset.tableId?.endsWith('-t001')")
        assert fits(browser)
        browser.wait("document.querySelector('figure.page img').naturalWidth > 0")

        browser.press("n", "n", "n")
        browser.wait("document.querySelector('td.value.picked')?.dataset.key === 'number-7-1-3'")
        assert browser.value("document.querySelector('rect.value.picked').closest('figure').dataset.page") == "2"
        meaning = browser.value("document.querySelector('#detail').innerText")
        assert all(text in meaning for text in ("600,000.00 yuan", "行政事业单位养老支出", "20805", "expenditure"))
        browser.point("rect.value[data-key='number-7-1-4']")
        browser.wait("document.querySelector('td.value.over')?.dataset.key === 'number-7-1-4'")

        browser.press("c")
        browser.wait("document.activeElement.name === 'value'")
        browser.write("50.00")
        browser.press("Enter", ctrl=True)
        browser.wait("document.querySelector('td.value.picked')?.dataset.read === '50.00'")
        shown = browser.value("document.body.innerText")
        assert "Corrections wait" in shown
        assert "Nothing that does not add up" in shown

        browser.press("l", "l")
        browser.wait("document.querySelector('td.value.picked')?.dataset.key === 'number-7-1-5'")
        browser.press("j", "i")
        browser.wait("document.querySelector('#edit').open")
        browser.press("Escape")
        browser.press("]")
        browser.wait("document.body.dataset.tableId?.endsWith('-t002')")
        browser.value("document.querySelector('figure.page figcaption a').click()")
        browser.wait("document.body.className === 'page' && document.body.dataset.page === '3'")
        browser.press("[")
        browser.wait("document.body.dataset.page === '2'")
        assert fits(browser)
        assert not browser.complaints

    ingest_here(tables)
    with connect(tables.out) as connection:
        [line] = connection.execute(
            "SELECT amount, method FROM budget_lines WHERE row_no = 7 AND column_no = 3"
        ).fetchall()
        assert connection.execute("SELECT count(*) FROM findings").fetchall() == [(0,)]
    assert line == (500_000, "corrected")


@pytest.fixture
def incomplete(tmp_path: Path) -> Settings:
    """A form without a target in its second row, and a page that holds a form of which nothing was read."""
    raw = tmp_path / "raw"
    raw.mkdir()
    rows = (FORM.rows[0], (*FORM.rows[1][:3], ""), *FORM.rows[2:])
    pages = [*lay_out(replace(FORM, rows=rows)), on_one_page(DrawnText(60, 0, "适老化改造 一百户 80.5万元"))]
    (raw / "incomplete.pdf").write_bytes(draw(pages, Producer.LINES))
    settings = Settings(raw=raw, out=tmp_path / "out", corrections=tmp_path / "corrections", verify="off")
    ingest_here(settings)
    return settings


def fill(browser: Browser, **texts: str) -> None:
    """Fills the fields of the open dialog and saves."""
    browser.wait("document.querySelector('#edit')?.open")
    for name, text in texts.items():
        browser.value(f"document.querySelector('#edit [name={name}], #edit [data-{name}]').value = '{text}'")
    browser.press("Enter", ctrl=True)


def test_a_missing_value_is_opened_and_a_missing_form_is_added(incomplete: Settings, tmp_path: Path) -> None:
    with served(incomplete) as address, chromium(tmp_path / "profile") as browser:
        browser.open(address)
        browser.value("document.querySelector('a.counts').click()")
        browser.wait("document.body.className === 'document' && location.hash === '#findings'")
        browser.value(
            "[...document.querySelectorAll('.told-all li')].find(line => line.textContent.includes('no_target'))"
            ".querySelector('a').click()"
        )
        browser.wait("document.activeElement.dataset.key === 'indicators-2-target'")
        assert browser.value("document.activeElement.matches('td.value.empty.picked')")
        assert browser.value("document.querySelectorAll('rect.note.picked').length") == 1
        browser.press("Enter")
        fill(browser, value="=12个")
        browser.wait("document.querySelector('td.value.picked')?.dataset.read === '=12个'")
        assert "no_target" not in browser.value("document.body.innerText")

        browser.value("[...document.querySelectorAll('.pages .other a')].at(-1).click()")
        browser.wait("document.body.className === 'page' && document.body.dataset.page === '2'")
        browser.value("document.querySelector('[data-do=add-form]').click()")
        fill(browser, project_name="适老化改造", amount_unit="万元", annual_goal="一百户")
        browser.wait("document.body.dataset.form?.endsWith('-90001')")
        browser.press("n")
        browser.wait("document.activeElement.dataset.add === 'funds'")
        browser.press("Enter")
        fill(browser, scope="annual", source="total", amount="80.5")
        browser.wait("document.body.innerText.includes('805,000.00')")
        browser.value("document.querySelector('[data-do=add][data-table=indicators]').click()")
        fill(browser, level3="改造户数", target="=100户")
        browser.wait("document.querySelector('td.value.picked')?.dataset.read === '改造户数'")

        browser.value("document.querySelector('.pages figcaption a').click()")
        browser.wait("document.body.className === 'page'")
        browser.value("document.querySelector('[data-do=add-table]').click()")
        fill(browser, title="政府采购预算表", kind="procurement", amount_unit="万元", columns="合计")
        browser.wait("document.body.dataset.tableId?.endsWith('-t90001')")
        browser.value("document.querySelector('[data-do=add-table-row]').click()")
        fill(browser, column="80.5")
        browser.wait("document.querySelector('td.value[data-column]')?.dataset.read === '80.5'")
        for width in (1280, 390):
            for path in ("", f"documents/{browser.value('document.body.dataset.document')}"):
                browser.open(f"{address}{path}", width, 844)
                assert fits(browser), (width, path)
        assert not browser.complaints

    ingest_here(incomplete)
    assert check_dataset(incomplete.out) == []
    with connect(incomplete.out) as connection:
        forms = connection.execute("SELECT form_no, annual_total FROM forms ORDER BY 1").fetchall()
        [number] = connection.execute("SELECT amount, method FROM budget_lines").fetchall()
    assert forms == [(1, 800_000), (90_001, 805_000)]
    assert number == (805_000, "corrected")
