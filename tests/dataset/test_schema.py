"""One source of the tables: Parquet schema, data dictionary and fingerprint follow it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.dataset.contract.datapackage import datapackage
from pipeline.dataset.contract.dictionary import dictionary
from pipeline.dataset.contract.schema import CHINESE, load_schema, parse_schema
from pipeline.errors import KnowledgeError
from tests.dataset.test_rows import ingest, put

COLUMN = '{ name = "%s", type = "%s", label_zh = "字", description = "d", description_zh = "义"%s }'
YEAR = COLUMN % ("fiscal_year", "int16", ", partition = true")


def table(columns: str, extra: str = "") -> str:
    return (
        f'[t]\nlabel_zh = "表"\ndescription = "d"\ndescription_zh = "义"\nprimary_key = ["id"]\nsort_key = ["id"]\n'
        f"columns = [{columns}, {YEAR}]\n{extra}"
    )


def test_every_column_and_code_is_explained_in_both_languages() -> None:
    for spec in load_schema().tables.values():
        for column in (*spec.columns, *(member for c in spec.columns for member in c.fields)):
            assert column.description
            assert CHINESE.search(column.label_zh) and CHINESE.search(column.description_zh), column.name
            assert all(CHINESE.search(name) for name in column.code_names.values()), column.name
            assert len(set(column.code_names.values())) == len(column.enum), "two codes of one name"


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
        (table((COLUMN % ("id", "string", "")).replace("义", "d")), "t.columns.id.description_zh: .*no Chinese"),
        (table(COLUMN % ("id", "string", ', enum = "poem"')), "t.columns.id.enum"),
        (
            table(COLUMN % ("id", "string", ', enum = "poem"'), '[codes.poem]\na = "b"'),
            "t.columns.id.enum.a: .*no Chinese",
        ),
        (table(COLUMN % ("id", "string", ""), '[codes.poem]\na = "诗"'), "no column uses codes.poem"),
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
        "description_zh": "当年金额：总额",
        "unit": "yuan",
        "currency": "CNY",
        "columnType": "value",
    }
    assert fields["form_id"]["constraints"] == {"required": True, "unique": True, "pattern": "^[0-9a-f]{12}-[0-9]{3,}$"}
    assert fields["text_source"]["categories"] == [
        {"value": "digital", "label": "电子文字"},
        {"value": "ocr", "label": "图像识别"},
        {"value": "person", "label": "人工补录"},
    ]
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
