"""The dataset report: its numbers are those of the dataset and lead to their rows, and nothing in it is run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

import pipeline
from pipeline.dataset.views import connect
from pipeline.language import Language
from pipeline.outputs.summary.charts import bar_chart, covered, text_width
from pipeline.outputs.summary.compute import compute_dataset_report
from pipeline.outputs.summary.model import Cell, Chart, Column, DatasetReport, Kind, Rows, Section, Table
from pipeline.outputs.summary.render import render_dataset_report
from pipeline.settings import Settings
from tests.dataset.test_rows import ingest, put
from tests.english import english_in
from tests.shared import command_here

MARKUP = "<script>alert('项目')</script><img src=x onerror=alert(1)>\"'&"


class Page(HTMLParser):
    """What a browser makes of a file: its elements, and the texts between them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())

    def all(self, name: str) -> list[str]:
        """The values of an attribute."""
        return [value for _, attributes in self.elements if (value := attributes.get(name)) is not None]


def sections(report: DatasetReport) -> dict[str, Section]:
    return {section.id: section for section in report.sections}


def table(report: DatasetReport, section: str, title: str) -> list[tuple[object, ...]]:
    [found] = [table for table in sections(report)[section].tables if table.title == title]
    return [tuple(cell.value for cell in row) for row in found.rows]


def cells(report: DatasetReport) -> Iterator[tuple[Column, Cell]]:
    """Every number of every table, with its column."""
    for section in report.sections:
        for shown in section.tables:
            for row in (*shown.rows, shown.total):
                yield from ((c, cell) for c, cell in list(zip(shown.columns, row, strict=False))[shown.by :])


@pytest.fixture(scope="module")
def of_sample(sample_dataset: Path) -> DatasetReport:
    return compute_dataset_report(sample_dataset)


def test_numbers_of_the_sample(of_sample: DatasetReport) -> None:
    report = of_sample
    assert {figure.name: figure.cell.value for figure in report.figures} == {
        "documents": 1,
        "forms": 7,
        "projects": 7,
        "indicators": 70,
        "tasks": 0,
        "other_values": 0,
        "budget_tables": 0,
        "numbers": 0,
        "error": 0,
        "warning": 0,
        "info": 2,
    }
    assert table(report, "forms", "By kind") == [("project_target", 7, 0, 0, 0)]
    [(year, projects, with_amount, asked, *_)] = table(report, "amounts", "By year")
    assert (year, projects, with_amount, str(asked)) == (2023, 7, 7, "8652600.00")
    first, *_ = table(report, "indicators", "Boiler plate")
    assert first == ("信息公开规范性", "规范", 7, 1)
    [(_, _, no_satisfaction, no_cost, no_number)] = table(report, "indicators", "Forms without")
    assert (no_satisfaction, no_cost, no_number) == (0, 7, 0)


def test_the_report_and_the_ready_questions_give_the_same_figures(
    of_sample: DatasetReport, sample_dataset: Path
) -> None:
    def columns(section: str, title: str, *names: str) -> list[tuple[object, ...]]:
        [found] = [table for table in sections(of_sample)[section].tables if table.title == title]
        at = [[column.name for column in found.columns].index(name) for name in names]
        return [tuple(_rounded(row[n].value) for n in at) for row in found.rows]

    with pipeline.open(sample_dataset) as data:

        def answers(name: str, *names: str) -> list[tuple[object, ...]]:
            relation = data.ready(name)
            at = [relation.columns.index(column) for column in names]
            return [tuple(_rounded(row[n]) for n in at) for row in relation.fetchall()]

        for (section, title, *shown), (name, *given) in SAME_FIGURES:
            figures = columns(section, title, *shown)
            assert figures == answers(name, *given)[: len(figures)], title
        [(_, *missing)] = columns("indicators", "Forms without", "form_kind", "no_satisfaction", "no_cost", "no_number")
        assert [tuple(missing)] == answers("missing-levels", "no_satisfaction", "no_cost", "no_number")
        assert columns("indicators", "Quality by place", "pure_verb") == [(20.0,)]  # 规范 and 健全和有效 are states


SAME_FIGURES = (
    (
        ("indicators", "Quality by place", "place", "indicators", "quantitative", "with_operator_and_unit", "in_words"),
        ("indicator-quality", "region", "indicators", "quantitative", "with_operator_and_unit", "qualitative"),
    ),
    (("indicators", "Quality by place", "pure_verb"), ("indicator-quality", "pure_verb")),
    (
        (
            "indicators",
            "Kinds of targets by level 1",
            "level1",
            "indicators",
            "number",
            "date",
            "words",
            "not_filled_in",
        ),
        ("targets-by-level", "level1", "indicators", "number", "date", "words", "not_filled_in"),
    ),
    (
        ("indicators", "Boiler plate", "level3", "target", "projects", "documents"),
        ("boilerplate", "level3", "target", "projects", "documents"),
    ),
    (
        ("amounts", "By place and year", "place", "fiscal_year", "projects", "with_amount", "asked", "lifetime"),
        ("budget-by-region", "region", "fiscal_year", "projects", "with_annual", "asked", "lifetime"),
    ),
    (("documents", "By place", "place", "documents", "forms"), ("disclosure", "region", "documents", "forms")),
    (
        ("coverage", "Announced and found, by document", "announced", "found", "announced_amount", "amount_found"),
        ("announced", "announced", "found", "announced_amount", "found_amount"),
    ),
)
"""A table of the report and the ready question with the same figures: columns of the one and of the other."""


def _rounded(value: object) -> object:
    return round(float(value), 1) if isinstance(value, float | Decimal) else value


def test_every_number_leads_to_its_rows_and_to_the_query_for_all_of_them(
    of_sample: DatasetReport, sample_dataset: Path
) -> None:
    report = of_sample
    behind = {rows.id: rows for rows in report.rows}
    for column, cell in cells(report):
        assert (cell.rows in behind) == bool(cell.value), column
        if cell.rows and column.name in ("forms", "indicators", "findings", "projects", "words", "number"):
            assert behind[cell.rows].total == cell.value, behind[cell.rows].sql
    with connect(sample_dataset) as connection:
        for rows in report.rows:
            found = connection.execute(rows.sql).fetchall()
            assert len(found) == rows.total >= len(rows.rows) > 0
        for section in report.sections:
            for shown in section.tables:
                assert len(connection.execute(shown.sql).fetchall()) == len(shown.rows) + shown.left_out
    page = Page(render_dataset_report(report))
    links = [link.removeprefix("#") for link in page.all("href")]
    assert set(links) - {"close"} <= set(page.all("id"))
    assert set(behind) <= set(links)


def test_the_rows_behind_a_number_are_bounded(tmp_path: Path) -> None:
    put(tmp_path / "raw", "a.pdf", forms=30)
    ingest(tmp_path / "raw", tmp_path / "out")
    report = compute_dataset_report(tmp_path / "out")
    assert {len(rows.rows) for rows in report.rows if rows.total == 30} == {10}
    assert "The first 10 of 30 rows" in render_dataset_report(report)


def test_markup_in_the_dataset_is_text(tmp_path: Path) -> None:
    put(tmp_path / "raw", "a.pdf", names=[MARKUP, "{{ 7 * 7 }}"], publisher=MARKUP)
    ingest(tmp_path / "raw", tmp_path / "out")
    text = render_dataset_report(compute_dataset_report(tmp_path / "out"))
    page = Page(text)
    assert [tag for tag, _ in page.elements].count("script") == 1
    assert "img" not in [tag for tag, _ in page.elements]
    assert not page.all("onerror")
    assert MARKUP in page.texts
    assert "{{ 7 * 7 }}" in page.texts


def test_only_addresses_of_the_web_are_links() -> None:
    addresses = ("https://example.org/a.pdf?x=1&y=2#page=3", "javascript:alert(1)", "data:text/html,x", "//x", "[", 1)
    rows = Rows("rows-1", (Column("address", "来源网址", Kind.LINK),), tuple((a,) for a in addresses), 6, "SELECT 1")
    page = Page(render_dataset_report(DatasetReport(1, ("1.0",), None, (), (), (rows,))))
    assert [link for link in page.all("href") if not link.startswith("#")] == [addresses[0]]


def test_the_file_needs_no_other(of_sample: DatasetReport) -> None:
    text = render_dataset_report(of_sample)
    page = Page(text)
    assert not {"link", "iframe", "object", "embed", "base", "form"} & {tag for tag, _ in page.elements}
    assert not page.all("src")
    assert not re.findall(r"url\((?!#)|@import|fetch\(|XMLHttp", text)
    [policy] = [a["content"] for tag, a in page.elements if a.get("http-equiv") == "Content-Security-Policy"]
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_the_command_writes_the_same_file_again(of_sample: DatasetReport, sample_dataset: Path, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    done = command_here("report", path, "--out", sample_dataset)
    assert (done.returncode, done.stdout) == (0, f"the report is in {path}\n"), done.stderr
    assert path.read_text(encoding="utf-8") == render_dataset_report(of_sample)


def test_a_missing_folder_is_told(sample_dataset: Path, tmp_path: Path) -> None:
    done = command_here("report", tmp_path / "no folder/report.html", "--out", sample_dataset)
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no folder" in done.stderr


def test_one_year(tmp_path: Path) -> None:
    put(tmp_path / "raw", "a.pdf", year=2022)
    put(tmp_path / "raw", "b.pdf", year=2023, form_years=[2022, 2023, 2023])
    ingest(tmp_path / "raw", tmp_path / "out")
    report = compute_dataset_report(tmp_path / "out", 2023)
    assert [figure.cell.value for figure in report.figures[:4]] == [1, 2, 2, 4]
    assert table(report, "forms", "By year") == [(2023, 2, 2, 0, 0, 0)]


def test_a_dataset_without_forms(tmp_path: Path) -> None:
    put(tmp_path / "raw", "a.pdf", forms=0)
    ingest(tmp_path / "raw", tmp_path / "out")
    report = compute_dataset_report(tmp_path / "out")
    assert not sections(report)["forms"].charts
    assert "None in this dataset." in render_dataset_report(report)


def chart_of(
    *rows: tuple[object, ...],
    kind: Kind = Kind.COUNT,
    series: tuple[str, ...] = ("a", "b"),
    language: Language = "en",
) -> Chart | None:
    columns = (Column("place", "地区"), *(Column(name, name, kind) for name in series))
    body = tuple(tuple(Cell(value) for value in row) for row in rows)
    return bar_chart(Table("t", "表", 1, columns, body, (), 0, ""), ("t", "表"), series, language=language)


def test_bars_are_as_long_as_their_numbers_and_stay_on_the_drawing() -> None:
    chart = chart_of(("北京市", 30, 10), ("一个名字非常长的单位" * 9, 5, None), ("无", 0, 0), (None, 20, 0))
    assert chart is not None
    lengths = [sum(segment.width for segment in bar.segments) for bar in chart.wide.bars]
    assert lengths == pytest.approx([lengths[0], lengths[0] / 8, lengths[0] / 2])
    assert [bar.label for bar in chart.wide.bars] == ["40", "5", "20"]
    assert chart.wide.bars[2].name == "no place"
    assert "…" in chart.wide.bars[1].name
    assert all(text_width(bar.name) < chart.wide.left for bar in chart.wide.bars)
    assert all(bar.end + text_width(bar.label) < chart.wide.width for bar in chart.wide.bars)
    assert [tick.label for tick in chart.wide.ticks] == ["0", "10", "20", "30", "40"]


def test_in_a_narrow_window_names_stand_above_the_bars() -> None:
    chart = chart_of(("北京市", 30, 10), ("一个名字非常长的单位" * 9, 5, None))
    assert chart is not None
    narrow = chart.narrow
    assert (narrow.left, narrow.width) == (0, 340)
    assert all(bar.name_y < bar.y and text_width(bar.name) <= narrow.width for bar in narrow.bars)
    assert all(bar.end + text_width(bar.label) < narrow.width for bar in narrow.bars)
    assert all(one.y + narrow.bar_height < two.name_y - 12 for one, two in pairwise(narrow.bars))
    assert narrow.bars[-1].y + narrow.bar_height < narrow.height - 24  # the axis


def test_a_chart_of_amounts_says_what_share_of_projects_it_covers(of_sample: DatasetReport) -> None:
    places = Table(
        "t",
        "表",
        1,
        (Column("place", "地区"), Column("projects", "项目"), Column("with_amount", "有"), Column("asked", "金额")),
        tuple(tuple(map(Cell, row)) for row in (("甲", 60, 50, 9.0), ("乙", 30, 8, 7.0), ("丙", 10, 2, 1.0))),
        (Cell("total"), Cell(2000), Cell(60), Cell(17.0)),
        4,
        "",
    )
    chart = covered(bar_chart(places, ("t", "表"), ("asked",), 2), places, "with_amount", "projects", 2)
    assert chart is not None
    assert (chart.note, chart.note.chinese) == (
        "The bars cover 58 of 2,000 projects (2.9%); the others print no such amount, "
        "or are in the 5 groups below the first 2.",
        "图中包括 2,000 个项目中的 58 个（2.9%），其余项目没有印出此项金额，或属于前 2 组以外的 5 组。",
    )
    [sample] = sections(of_sample)["amounts"].charts
    assert sample.note == "The bars cover all 7 projects."
    assert sample.note in render_dataset_report(of_sample)


@pytest.mark.parametrize(
    ("language", "amount", "label", "last"),
    [
        ("zh", 1489927517740, "14,899.28亿元", "15,000亿元"),
        ("zh", 8652600, "865.26万元", "1,000万元"),
        ("zh", 0.5, "0.50元", "1元"),
        ("en", 1489927517740, "1,489.93 bn", "1,500 bn"),
        ("en", 8652600, "8.65 m", "10 m"),
        ("en", 0.5, "0.50", "1"),
    ],
)
def test_amounts_are_labelled_in_the_unit_that_fits(language: Language, amount: float, label: str, last: str) -> None:
    chart = chart_of(("甲", amount), kind=Kind.YUAN, series=("asked",), language=language)
    assert chart is not None
    assert (chart.wide.bars[0].label, chart.wide.ticks[-1].label) == (label, last)


def test_nothing_to_draw() -> None:
    assert chart_of(("北京市", 0, None)) is None


def test_in_chinese_codes_are_shown_by_their_names(sample_dataset: Path) -> None:
    report = compute_dataset_report(sample_dataset, language="zh")
    assert [row[0] for row in table(report, "forms", "By kind")] == ["项目绩效目标"]
    assert {row[0] for row in table(report, "indicators", "Quality by level 1")} <= {
        "成本指标",
        "产出指标",
        "效益指标",
        "满意度指标",
    }
    behind = next(rows for rows in report.rows if "form_kind" in [column.name for column in rows.columns])
    assert "项目绩效目标" in behind.rows[0]
    assert "project_target" not in str(behind.rows)


def said(report: str) -> list[str]:
    """What a report shows and tells a screen reader, without queries, style and script."""
    page = Page(re.sub("<(pre|style|script|code)>.*?</\\1>", "", report, flags=re.DOTALL))
    return [*page.texts, *page.all("aria-label"), *page.all("data-filter")]


def test_a_chinese_report_has_no_english(varied: Settings) -> None:
    report = render_dataset_report(compute_dataset_report(varied.out, language="zh"))
    assert '<html lang="zh-CN">' in report
    for text in said(report):
        assert english_in(text) == []
        assert not re.fullmatch("[A-Z]?[a-z]{2,}(?: [a-z]+)?|.* (?:bn|m)", text), text
    assert render_dataset_report(compute_dataset_report(varied.out, language="zh")) == report


def test_an_english_report_has_chinese_in_its_data_only(varied: Settings) -> None:
    report = render_dataset_report(compute_dataset_report(varied.out, language="en"))
    assert '<html lang="en">' in report
    without = re.sub('<(tbody|svg)[^>]* lang="zh-CN">.*?</\\1>', "", report, flags=re.DOTALL)
    assert [text for text in said(without) if re.search("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]", text)] == []
    drawn = re.findall('class="(?:axis|end|in s.)"[^>]*>([^<]*)<', report)
    assert drawn
    assert [text for text in drawn if re.search("[\u4e00-\u9fff]", text)] == []
