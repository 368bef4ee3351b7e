"""Random input to every part that reads what strangers have written; `make fuzz` runs it for long."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import schemas
from benchmarks.hostile import Told, Trial, read_all
from pipeline.dataset.contract.schema import load_schema
from pipeline.dictionaries import forget_loaded, load_knowledge
from pipeline.errors import KnowledgeError
from pipeline.fields.dates import parse_dates, parse_year
from pipeline.fields.money import parse_amount
from pipeline.fields.targets import parse_target
from pipeline.forms.segment import segment
from pipeline.pages.model import Page, Word
from pipeline.pages.rules import RuleCollector
from pipeline.settings import Settings
from pipeline.tables.cells import page_grid
from pipeline.tables.clipped import complete
from pipeline.tables.model import PageGrid
from tests.documents import FORM, JOURNAL, SYSTEM, extract, list_pages
from tests.fuzz import examples, fuzz
from tests.generator.cutting import CutText
from tests.generator.drawing import Producer, draw
from tests.generator.forms import lay_out

SCHEMAS = Path(str(schemas.__file__)).parent
LETTERS = "0123456789０１９.,，．%％≥≤<>=＝~～-－—±/*×()（）〔〕年月日季度万亿千元人次个及至到底前上下约一二〇²① \n"
TEXTS = st.text(max_size=40) | st.text(LETTERS, max_size=24)


def fits(table: str, **values: object) -> None:
    """Whether the columns of a table can hold the values; raises what Arrow raises when they cannot."""
    arrow: Any = load_schema().tables[table].arrow_schema
    for name, value in values.items():
        pa.array([value], arrow.field(name).type)


# Texts ----------------------------------------------


@fuzz(300)
@given(TEXTS, st.sampled_from((None, "元", "千元", "万元", "亿元")))
def test_an_amount_fits_its_column(text: str, unit: str | None) -> None:
    fits("funds", amount=parse_amount(text, unit))


@fuzz(300)
@given(TEXTS)
def test_dates_fit_their_columns(text: str) -> None:
    for found in parse_dates(text):
        fits("forms", start_date=found.first(), end_date=found.last())
    year = parse_year(text)
    assert year is None or 1900 < year < 2200


@fuzz(300)
@given(TEXTS, TEXTS | st.none(), TEXTS | st.none())
def test_a_target_fits_its_columns(text: str, operator: str | None, unit: str | None) -> None:
    target = parse_target(text, operator, unit)
    fits(
        "indicators",
        target_value=target.value,
        target_value_high=target.value_high,
        target_date=target.on,
        target_unit=target.unit,
    )


# Schemas --------------------------------------------

KNOWN = ["labels.toml", "layouts.toml", "other_forms.toml", "taxonomy.toml"]
VALUES = st.sampled_from(
    ("3", "true", '"x"', "[]", "[3]", '[["a"]]', "{}", "{ a = 1 }", "2023-01-01", '"(?P<name>"', '""', '"field"')
)


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package's own schemas to spoil."""
    return Path(shutil.copytree(SCHEMAS, tmp_path_factory.mktemp("spoilt") / "schemas"))


@fuzz(25)
@given(name=st.sampled_from(KNOWN), data=st.data())
def test_spoilt_schemas_load_or_are_named(spoilt: Path, name: str, data: st.DataObject) -> None:
    lines = (SCHEMAS / name).read_text(encoding="utf-8").splitlines()
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        change = data.draw(st.sampled_from(("value", "drop", "twice", "text")))
        if change == "value" and "=" in lines[at]:
            lines[at] = lines[at].partition("=")[0] + "= " + data.draw(VALUES)
        else:
            lines[at : at + 1] = {"drop": [], "twice": [lines[at]] * 2}.get(change, [data.draw(st.text(max_size=20))])
        lines = lines or [""]
    (spoilt / name).write_text("\n".join(lines), encoding="utf-8", errors="surrogatepass")
    try:
        forget_loaded()
        load_knowledge(spoilt)
    except KnowledgeError as error:
        assert Path(name).name in str(error) or "layouts are called" in str(error)
    finally:
        shutil.copyfile(SCHEMAS / name, spoilt / name)


# Grids ----------------------------------------------

COORDINATES = st.integers(-20, 300).map(float) | st.floats(-50, 700, allow_nan=False)


@st.composite
def pages(draw: st.DrawFn) -> Page:
    """Any rules and words: crossing, lying on each other, beyond the page, of no length."""
    collector = RuleCollector()
    for x, y, length in draw(st.lists(st.tuples(COORDINATES, COORDINATES, COORDINATES), max_size=12)):
        collector.line(x, y, x + length, y)
    for x, y, length in draw(st.lists(st.tuples(COORDINATES, COORDINATES, COORDINATES), max_size=12)):
        collector.line(x, y, x, y + length)
    level, upright = collector.merged()
    return Page(1, 595, 842, tuple(draw(st.lists(words(), max_size=15))), level, upright, False)


@st.composite
def words(draw: st.DrawFn) -> Word:
    x, y = draw(COORDINATES), draw(COORDINATES)
    width, height = draw(st.floats(0, 200)), draw(st.floats(0, 30))
    text = draw(st.sampled_from(("项目名称", "绩效指标", "一级指标", "指标值", "年度目标", "12.5", "万元", "≥", "无")))
    return Word(x, y, x + width, y + height, text, draw(st.integers(0, 5)))


@fuzz(200)
@given(pages(), st.lists(words(), max_size=8))
def test_any_rules_and_words_make_a_sound_grid(page: Page, stored: Sequence[Word]) -> None:
    for whole in (None, complete(page.words, (*page.words, *stored))):
        grid = page_grid(page, whole=whole)
        for table in grid.tables:
            units = [
                {(r, c) for r in range(x.row, x.row + x.row_span) for c in range(x.column, x.column + x.column_span)}
                for x in table.cells
            ]
            assert all(not a & b for a, b in combinations(units, 2))
            assert set().union(*units) <= {(r, c) for r in range(len(table.ys)) for c in range(len(table.xs))}
        if whole is None:
            printed = "".join(line.text for line in lines_of(grid)).replace(" ", "")  # between numbers of one line
            assert sorted(printed) == sorted("".join(word.text for word in page.words))
        list(segment([grid, grid], load_knowledge()))


def lines_of(grid: PageGrid) -> list[Any]:
    return [*grid.lines, *(line for table in grid.tables for cell in table.cells for line in cell.lines)]


# Documents ------------------------------------------


@lru_cache(maxsize=1)
def unbroken() -> Any:
    return values_of(())


def values_of(breaks: Sequence[int], cut: CutText = CutText.FIRST, repeated: bool = True) -> Any:
    """What is read of a list of two projects, without places."""
    extraction = extract(list_pages((JOURNAL, SYSTEM), breaks, cut, repeated))
    places = {"page", "page_first", "page_last", "form_id", "document_id", "warning_count"}
    tables = {name: extraction.tables[name] for name in ("forms", "funds", "indicators")}
    return {name: [{k: v for k, v in row.items() if k not in places} for row in rows] for name, rows in tables.items()}


@fuzz(12)
@given(
    st.sets(st.integers(1, len(JOURNAL.rows) + len(SYSTEM.rows) - 1), max_size=3),
    st.sampled_from((CutText.FIRST, CutText.EVERY)),
    st.booleans(),
)
def test_page_breaks_change_nothing(breaks: set[int], cut: CutText, repeated: bool) -> None:
    assert values_of(sorted(breaks), cut, repeated) == unbroken()


TOLD_OF_MUTANTS = {"ok": ("None",), "partial": ("page.", "document.repaired"), "failed": ("pdf.",)}
"""What the code of a mutant begins with, by its status: it says what is wrong with the file, not with the program."""


@pytest.mark.service
@pytest.mark.parametrize("reader", ["mupdf", "pdfplumber"])
def test_mutants_are_read_or_told(tmp_path: Path, reader: Any) -> None:
    """In processes: a library may die of one, which costs the mutant and no other."""
    files = {"form": lay_out(FORM), "list": list_pages((JOURNAL, SYSTEM), (2,))}
    trials = []
    for name, drawn in files.items():
        path = tmp_path / f"{name}.pdf"
        path.write_bytes(draw(drawn, Producer.LINES))
        trials += [Trial(path, number) for number in range(examples(25))]
    told = dict(read_all(trials, Settings(reader=reader, workers=2, timeout_seconds=60)))
    assert len(told) == len(trials)
    results = [result for result in told.values() if isinstance(result, Told)]
    assert len(results) > 0.8 * len(trials)
    for result in results:
        assert str(result.code).startswith(TOLD_OF_MUTANTS[result.status]), result
    counts = Counter(result.status for result in results)
    assert min(counts["partial"], counts["failed"]) > len(trials) / 4, counts
