"""A dataset opened in a notebook: one version, the years asked for, nothing heavy before it is needed."""

from __future__ import annotations

import importlib.util
import re
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

import budget_forms
import pipeline
from pipeline.dataset.contract.schema import load_schema
from pipeline.dataset.errors import DatasetError
from pipeline.errors import BudgetFormsError
from tests.dataset.test_rows import ingest, put
from tests.shared import python


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset of two documents; only to be read."""
    folder = tmp_path_factory.mktemp("api")
    put(folder / "raw", "a.pdf", year=2022)
    put(folder / "raw", "b.pdf", year=None, form_years=[2023, None])
    ingest(folder / "raw", folder / "out")
    return folder / "out"


@pytest.fixture
def own(out: Path, tmp_path: Path) -> Path:
    """A copy of it, that a test may change."""
    shutil.copytree(out.parent, tmp_path, symlinks=True, dirs_exist_ok=True)
    return tmp_path / "out"


def test_tables_as_pandas_arrow_and_sql(out: Path) -> None:
    with pipeline.open(out) as data:
        forms = data.forms.pandas()
        assert len(forms) == 4
        assert forms["annual_total"][0] == 1000.0
        assert (
            data.forms.arrow().schema.field("annual_total").type
            == load_schema().tables["forms"].arrow_schema.field("annual_total").type
        )
        assert data.sql("SELECT count(*) FROM indicators").fetchall() == [(8,)]
        assert list(data) == list(load_schema().tables)
        for name in data:
            assert getattr(data, name) == data[name]
            assert data[name].relation().columns == [column.name for column in load_schema().tables[name].columns]


def test_pandas_as_people_use_it(out: Path) -> None:
    """Dates are dates, whole numbers stay whole beside a null, and amounts divide by numbers and by each other."""
    with pipeline.open(out) as data:
        forms = data.forms.pandas()
        assert (forms["annual_total"] / 10_000).tolist() == (forms["annual_total"] / 1e4).tolist()
        assert (forms["annual_total"] / forms["lifetime_total"]).dtype == "float64"
        assert str(forms["start_date"].dtype).startswith("datetime64")
        assert (str(forms["fiscal_year"].dtype), int(forms["fiscal_year"].isna().sum())) == ("Int16", 1)
        with pytest.raises(ValueError, match='amounts is "float" or "exact", not \'yuan\''):
            data.forms.pandas(amounts="yuan")  # type: ignore[arg-type]


def test_a_dataset_and_a_table_show_themselves(out: Path) -> None:
    with pipeline.open(out) as data:
        assert f"dataset {out}, version 1" in repr(data)
        assert re.search(r"^  forms +4 rows$", repr(data), re.MULTILINE)
        assert repr(data.forms).startswith("forms: 4 rows, 37 columns: form_id, document_id, ")
        assert "<b>forms</b>: 4 rows" in data.forms._repr_html_()
        assert "<b>indicators</b>: 8 rows" in data.indicators._repr_html_()
        assert "<td>b.pdf</td>" in data.documents._repr_html_()


def test_the_package_has_the_name_of_the_distribution(out: Path) -> None:
    with budget_forms.open(out) as data:
        assert len(data.forms) == 4
    assert budget_forms.__version__ == pipeline.__version__


def test_years_and_columns(out: Path) -> None:
    with pipeline.open(str(out)) as data:
        assert set(data.forms.pandas(years=2022)["fiscal_year"]) == {2022}
        assert len(data.forms.pandas(years=[2022, 2023])) == 3
        assert len(data.forms.pandas(years=[])) == 0
        assert set(data.forms.pandas(years="2023")["fiscal_year"]) == {2023}
        with pytest.raises(ValueError, match="'last' is no fiscal year"):
            data.forms.pandas(years="last")
        assert data.forms.pandas(columns=["form_id", "project_key"]).columns.tolist() == ["form_id", "project_key"]
        with pytest.raises(ValueError, match="forms has no column colour; it has form_id"):
            data.forms.pandas(columns=["colour"])
        with pytest.raises(KeyError, match="there is no table poems; there are documents"):
            data["poems"]


def test_other_years_are_not_touched(own: Path) -> None:
    with pipeline.open(own) as data:
        part = (own / "forms/fiscal_year=2023/part-0.parquet").resolve()
        part.write_bytes(b"damaged")
        assert len(data.forms.pandas(years=2022)) == 2


def test_what_lands_later_is_not_seen(own: Path) -> None:
    data = pipeline.open(own)
    for number in range(3):
        put(own.parent / "raw", f"{number}.pdf", name=number, year=2022)
        ingest(own.parent / "raw", own)
    assert len(data.forms.pandas()) == 4
    assert len(data.indicators.pandas()) == 8
    assert len(pipeline.open(own).forms.pandas()) == 10
    data.close()
    put(own.parent / "raw", "last.pdf", name="last", year=2022)
    ingest(own.parent / "raw", own)
    assert len(list((own / ".versions").iterdir())) == 2  # those that were opened have gone


def test_money_is_decimal_whatever_holds_it(out: Path) -> None:
    with pipeline.open(out) as data:
        exact = data.forms.pandas(amounts="exact")["annual_total"]
        assert isinstance(exact[0], Decimal) and exact.sum() == Decimal("6000.00")
        assert data.forms.arrow()["annual_total"].to_pylist()[1] == Decimal("2000.00")
        assert data.forms.relation().sum("annual_total").fetchall() == [(Decimal("6000.00"),)]
        assert data.sql("SELECT sum(annual_total) FROM forms").fetchall() == [(Decimal("6000.00"),)]
        polars = pytest.importorskip("polars")
        read = data.forms.polars(years=2022)["annual_total"]
        assert (read.dtype, read.sum()) == (polars.Decimal(20, 2), Decimal("3000.00"))


def test_polars(out: Path) -> None:
    with pipeline.open(out) as data:
        if importlib.util.find_spec("polars"):
            assert data.forms.polars().height == 4
        else:
            with pytest.raises(BudgetFormsError, match="polars is not installed"):
                data.forms.polars()


def test_there_is_no_dataset(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="there is no dataset"):
        pipeline.open(tmp_path)


def test_the_import_is_light() -> None:
    code = (
        "import sys, budget_forms; print([m for m in ('duckdb', 'pyarrow', 'pandas', 'pydantic') if m in sys.modules])"
    )
    assert python(code) == "[]"
