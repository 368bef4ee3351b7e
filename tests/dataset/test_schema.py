"""One source of the tables: Parquet schema, data dictionary and fingerprint follow it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from pipeline.dataset.landing.fingerprint import pipeline_fingerprint

from pipeline.dataset.contract.datapackage import datapackage
from pipeline.dataset.contract.dictionary import dictionary
from pipeline.dataset.contract.schema import load_schema, parse_schema
from pipeline.errors import KnowledgeError
from tests.dataset.test_rows import ingest, put

COLUMN = '{ name = "%s", type = "%s", label_zh = "字", description = "d"%s }'
YEAR = COLUMN % ("fiscal_year", "int16", ", partition = true")


def table(columns: str, extra: str = "") -> str:
    return (
        f'[t]\nlabel_zh = "表"\ndescription = "d"\nprimary_key = ["id"]\nsort_key = ["id"]\n'
        f"columns = [{columns}, {YEAR}]\n{extra}"
    )


def test_every_column_is_explained_in_both_languages() -> None:
    for spec in load_schema().tables.values():
        for column in spec.columns:
            assert column.description
            assert any("\u4e00" <= char <= "\u9fff" for char in column.label_zh), column.name


def test_types_and_nullability() -> None:
    forms = load_schema().tables["forms"].arrow_schema
    assert str(forms.field("annual_total").type) == "decimal128(20, 2)"
    assert str(forms.field("start_date").type) == "date32[day]"
    assert not forms.field("form_id").nullable
    assert forms.field("title").nullable
    cells = load_schema().tables["regions"].arrow_schema.field("cells").type
    assert [field.name for field in cells.value_type] == ["row", "column", "row_span", "column_span", "text"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[t", "is not valid TOML"),
        ("t = 1", "must hold tables only"),
        (table(COLUMN % ("id", "text", "")), "t.columns.id.type: .*unknown type 'text'"),
        (table(COLUMN % ("id", "string", ", labelzh = 1")), "t.columns.id.labelzh"),
        (table(COLUMN % ("no", "string", "")), "t: .*keys name unknown columns: id"),
        (
            table(
                COLUMN % ("id", "string", ""), 'foreign_keys = [{columns = ["id"], table = "u", references = ["id"]}]'
            ),
            r"foreign key to unknown u\(id\)",
        ),
    ],
)
def test_a_broken_schema_says_where(text: str, told: str) -> None:
    with pytest.raises(KnowledgeError, match=told) as broken:
        parse_schema(text)
    assert str(broken.value).startswith("schemas/tables.toml")
    assert "\n" not in str(broken.value)


def test_the_data_package_describes_every_file_and_column(tmp_path: Path) -> None:
    put(tmp_path / "raw", "a.pdf", form_years=[2023, None])
    ingest(tmp_path / "raw", tmp_path / "out")
    described = json.loads((tmp_path / "out/datapackage.json").read_text(encoding="utf-8"))
    resources = {resource["name"]: resource for resource in described["resources"]}
    assert list(resources) == list(load_schema().tables)
    assert resources["forms"]["path"] == [
        "forms/fiscal_year=2023/part-0.parquet",
        "forms/fiscal_year=__HIVE_DEFAULT_PARTITION__/part-0.parquet",
    ]
    assert all((tmp_path / "out" / path).is_file() for resource in resources.values() for path in resource["path"])
    fields = {field["name"]: field for field in resources["forms"]["schema"]["fields"]}
    assert fields["annual_total"] == {
        "name": "annual_total",
        "type": "number",
        "title": "年度资金总额",
        "description": "Amount of the fiscal year: total",
        "unit": "yuan",
        "currency": "CNY",
        "columnType": "value",
    }
    assert fields["form_id"]["constraints"] == {"required": True, "unique": True, "pattern": "^[0-9a-f]{12}-[0-9]{3,}$"}
    assert fields["fiscal_year"]["type"] == "integer"
    assert resources["funds"]["schema"]["foreignKeys"] == [
        {"fields": ["form_id"], "reference": {"resource": "forms", "fields": ["form_id"]}}
    ]
    assert "resource" not in resources["documents"]["schema"]["foreignKeys"][0]["reference"]


def test_the_data_dictionary_is_up_to_date() -> None:
    written = (Path(__file__).parents[2] / "docs/data-dictionary.md").read_text(encoding="utf-8")
    assert written == dictionary(load_schema()), (
        "run: python -m pipeline.dataset.contract.dictionary > docs/data-dictionary.md"
    )


def test_the_data_package_does_not_depend_on_the_order_of_files() -> None:
    assert datapackage(load_schema(), {"forms": ["b", "a"]}) == datapackage(load_schema(), {"forms": ["a", "b"]})


def test_the_fingerprint_follows_reader_and_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    first = pipeline_fingerprint("mupdf")
    assert re.fullmatch(r"[0-9a-f]{16}\.[0-9a-f]{16}", first)
    assert first != pipeline_fingerprint("pdfplumber")
    pipeline_fingerprint.cache_clear()
    assert pipeline_fingerprint("mupdf") == first
    pipeline_fingerprint.cache_clear()
    monkeypatch.setattr("pipeline.dataset.landing.fingerprint.version", lambda package: "999")
    assert pipeline_fingerprint("mupdf") != first
    pipeline_fingerprint.cache_clear()
    assert metadata.version("pymupdf") != "999"


def test_the_fingerprint_follows_reading_code_and_knowledge_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (
        "pipeline/tables/cells.py",
        "pipeline/dataset/landing/land.py",
        "pipeline/cli.py",
        "schemas/words.toml",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("1")
    monkeypatch.setattr("pipeline.dataset.landing.fingerprint.files", lambda package: tmp_path / package)

    def fingerprint_with(name: str, text: str) -> str:
        (tmp_path / name).write_text(text)
        pipeline_fingerprint.cache_clear()
        return pipeline_fingerprint("mupdf")

    first = fingerprint_with("pipeline/tables/cells.py", "1")
    assert fingerprint_with("pipeline/dataset/landing/land.py", "2") == first
    assert fingerprint_with("pipeline/cli.py", "2") == first
    second = fingerprint_with("pipeline/tables/cells.py", "2")
    assert len({first, second, fingerprint_with("schemas/words.toml", "2")}) == 3
    pipeline_fingerprint.cache_clear()


def test_the_fingerprint_needs_no_heavy_package() -> None:
    code = (
        "import sys; from pipeline.dataset.landing.fingerprint import pipeline_fingerprint as f; f('mupdf'); "
        "print([m for m in ('pymupdf', 'pdfplumber', 'pyarrow', 'duckdb', 'pydantic') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
