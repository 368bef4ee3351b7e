"""Made-up documents for the tests of the dataset, and the promises that rows are held to before they can land."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pytest

from pipeline.dataset.errors import RowError
from pipeline.dataset.landing.land import Landing, land
from pipeline.dataset.landing.plan import Plan, plan_ingest
from pipeline.dataset.landing.staging import SUMMARY, find_staged, stage, staged_path
from pipeline.dataset.store.versions import locked
from pipeline.document.result import DocumentResult, Row
from tests.fuzz import TIMES, examples

FINGERPRINT = "0123456789abcdef"
BOX: Row = {"x0": 10.0, "y0": 20.0, "x1": 110.5, "y1": 32.25}


def put(raw: Path, place: str, *, time: int = 1_700_000_000, **content: object) -> Path:
    """A stand-in for a PDF; its bytes say what `extraction_of` finds in it."""
    path = raw / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))
    os.utime(path, (time, time))
    return path


def extraction_of(path: Path) -> DocumentResult:
    """`forms` forms of `year` (of `form_years`, where given), each with one amount and two indicators; projects are
    called `names` and carried out by `units`, where given. `budget` gives the amounts of projects in a budget table."""
    data = path.read_bytes()
    told = json.loads(data)
    document_id = hashlib.sha256(data).hexdigest()
    year, count = told.get("year", 2023), told.get("forms", 2)
    form_years = told.get("form_years", [year] * count)
    tables: dict[str, list[Row]] = {"forms": [], "funds": [], "indicators": [], "evidence": []}
    for number, form_year in enumerate(form_years, 1):
        _add_form(tables, document_id, number, form_year)
    for form, name in zip(tables["forms"], told.get("names", ()), strict=False):
        form["project_name"] = name
    for form, unit in zip(tables["forms"], told.get("units", ()), strict=False):
        form["implementing_unit"] = unit
    tables["findings"] = [
        {
            "document_id": document_id,
            "finding_no": 1,
            "rule": "made.up",
            "severity": "info",
            "message": "nothing is wrong",
            "page": 1,
            **BOX,
        }
    ]
    cells: list[Row] = [{"row": 0, "column": 0, "row_span": 1, "column_span": 2, "text": "项目名称"}]
    tables["regions"] = [
        {"document_id": document_id, "region_no": 1, "page": 1, "kind": "table", "cells": cells, **BOX},
        {"document_id": document_id, "region_no": 2, "page": 2, "kind": "text", "text": "目录", **BOX},
    ]
    _add_budget(tables, document_id, year, told.get("budget", {}))
    document: Row = {
        "document_id": document_id,
        "fiscal_year": year,
        "page_count": 3,
        "form_count": len(form_years),
        "byte_size": len(data),
        "status": told.get("status", "ok"),
        "pipeline_version": "0.1.0",
        "publisher": told.get("publisher"),
    }
    return DocumentResult(document, tables)


def _add_budget(tables: dict[str, list[Row]], document_id: str, year: int | None, amounts: dict[str, int]) -> None:
    table = {
        "table_id": f"{document_id[:12]}-t001",
        "document_id": document_id,
        "kind": "project",
        "stage": "budget",
        "fiscal_year": year,
    }
    counts = {
        "table_no": 1,
        "row_count": len(amounts),
        "line_count": len(amounts),
        "error_count": 0,
        "warning_count": 0,
    }
    pages = {"page_first": 1, "page_last": 1, "title": "项目支出预算表", "is_empty": False, "text_source": "digital"}
    tables["budget_tables"] = [{**table, **counts, **pages}] if amounts else []
    tables["budget_lines"] = [
        {
            **table,
            **{"line_no": number, "row_no": number, "column_no": 2, "panel": 1, "side": "expenditure"},
            **{"row_role": "item", "is_leaf": True, "classification": "project", "project_name": name, "label": name},
            **{"fund": "total", "use": "project", "origin": "all", "phase": "budget", "value_kind": "amount"},
            **{"number": Decimal(amount), "amount": Decimal(amount), "amount_text": str(amount), "heading": "合计"},
            **{"page": 1, "method": "mupdf", **BOX},
        }
        for number, (name, amount) in enumerate(amounts.items(), 1)
    ]


def _add_form(tables: dict[str, list[Row]], document_id: str, number: int, year: int | None) -> None:
    form_id = f"{document_id[:12]}-{number:03d}"
    amount = Decimal(number * 1000).quantize(Decimal("0.01"))
    tables["forms"].append(
        {
            "form_id": form_id,
            "document_id": document_id,
            "form_no": number,
            "form_kind": "project_target",
            "page_first": 1,
            "page_last": 2,
            "fiscal_year": year,
            "project_name": f"项目{number}",
            "annual_total": amount,
            "text_source": "digital",
            "error_count": 0,
            "warning_count": 0,
            "reviewed": False,
        }
    )
    tables["funds"].append({"form_id": form_id, "line_no": 1, "scope": "annual", "source": "total", "amount": amount})
    for indicator in (1, 2):
        tables["indicators"].append(
            {
                "form_id": form_id,
                "indicator_no": indicator,
                "level1_code": "output",
                "level2_code": "quantity",
                "level_inferred": False,
                "target": "≥95%",
                "target_kind": "numeric",
                "target_operator": ">=",
                "target_value": Decimal(95),
                "target_unit": "%",
                "page": 1,
            }
        )
    for table, row_no in (("forms", 0), ("funds", 1), ("indicators", 1), ("indicators", 2)):
        tables["evidence"].append(
            {
                "form_id": form_id,
                "table": table,
                "row_no": row_no,
                "field": "any",
                "part_no": 1,
                "page": 1,
                "text": "原文",
                "method": "mupdf",
                "confidence": 1.0,
                **BOX,
            }
        )


def ingest(
    raw: Path,
    out: Path,
    *,
    land_each: bool = False,
    fingerprint: str = FINGERPRINT,
    force: bool = False,
    order: Callable[[list[Path]], list[Path]] = list,
) -> tuple[Plan, Landing]:
    """What a run does: plan, read and stage, land."""
    with locked(out):
        plan = plan_ingest(raw, out, fingerprint, force=force)
        for path in order([source.path for source in plan.to_read]):
            stage(out, fingerprint, extraction_of(path))
            if land_each:
                land(out, plan.changes)
        return plan, land(out, plan.changes)


def snapshot(out: Path) -> dict[str, bytes]:
    """Every file of the current version."""
    version = (out / "current").resolve()
    return {path.relative_to(version).as_posix(): path.read_bytes() for path in version.rglob("*") if path.is_file()}


def read(out: Path, table: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = ds.dataset(out / table, format="parquet", partitioning="hive").to_table().to_pylist()
    return rows


def corpus(raw: Path) -> None:
    put(raw, "a/one.pdf", name=1, year=2022, form_years=[2022, 2023])
    put(raw, "a/two.PDF", name=2, year=2023)
    put(raw, "b/three.pdf", name=3, year=None, form_years=[None, 2023], time=1_600_000_000)
    put(raw, "b/copy of three.pdf", name=3, year=None, form_years=[None, 2023])
    put(raw, "none.pdf", name=4, forms=0, status="failed")


def test_a_staged_document_comes_back_whole(tmp_path: Path) -> None:
    extraction = extraction_of(put(tmp_path, "a.pdf", form_years=[2023, None]))
    staged = stage(tmp_path / "out", FINGERPRINT, extraction)
    found = find_staged(tmp_path / "out", FINGERPRINT, staged.summary.document_id)
    assert found == staged
    assert (found.summary.forms, found.summary.indicators, found.summary.infos) == (2, 4, 1)
    assert found.years["funds"] == (2023, None)
    names = found.rows("forms").column("project_name").to_pylist()
    assert names == ["项目1", "项目2"]


def test_a_damaged_staged_document_is_not_trusted(tmp_path: Path) -> None:
    staged = stage(tmp_path, FINGERPRINT, extraction_of(put(tmp_path, "a.pdf")))
    data = staged.path.read_bytes()
    rows = {table: staged.rows(table) for table in staged.places if table != SUMMARY}
    directory = range(data.index(b"PK\x01\x02"), len(data), max(1, round(1 / TIMES)))
    places = (*range(0, len(data), max(1, len(data) // examples(97))), *directory)
    flipped = (data[:at] + bytes([data[at] ^ bits]) + data[at + 1 :] for at in places for bits in (0x01, 0x08, 0xFF))
    for damaged in (*flipped, data[:-1], data[:100], data[100:], b""):
        staged.path.write_bytes(damaged)
        found = find_staged(tmp_path, FINGERPRINT, staged.summary.document_id)
        # nothing depends on the dates and attributes that a ZIP file also has
        assert found is None or (found.summary, rows) == (staged.summary, {table: found.rows(table) for table in rows})
    staged.path.write_bytes(data[:5000] + bytes([data[5000] ^ 1]) + data[5001:])
    assert find_staged(tmp_path, FINGERPRINT, staged.summary.document_id) is None
    assert find_staged(tmp_path, FINGERPRINT, "f" * 64) is None


def test_rows_are_staged_in_order_whatever_order_they_come_in(tmp_path: Path) -> None:
    extraction = extraction_of(put(tmp_path, "a.pdf", form_years=[2023, None]))
    forwards = stage(tmp_path / "1", FINGERPRINT, extraction)
    tables = {name: rows[::-1] for name, rows in extraction.tables.items()}
    backwards = stage(tmp_path / "2", FINGERPRINT, replace(extraction, tables=tables))
    assert backwards.summary == forwards.summary
    for name in tables:
        assert backwards.rows(name) == forwards.rows(name)


def _two_of_the_same(tables: dict[str, list[Row]]) -> None:
    tables["funds"].append(tables["funds"][0])


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda t: t["forms"][0].update(project="x"), "forms: unknown columns project"),
        (lambda t: t["forms"][0].pop("form_kind"), "forms.form_kind: a value is needed"),
        (lambda t: t["forms"][0].update(form_kind="poem"), "forms.form_kind: not an agreed value: poem"),
        (lambda t: t["forms"][0].update(form_id="x"), "forms.form_id: a value does not look like"),
        (lambda t: t["forms"][0].update(fiscal_year=99_999), "forms.fiscal_year: a value does not fit int16"),
        (lambda t: t["funds"][0].update(amount=Decimal("0.001")), "funds.amount: a value does not fit decimal"),
        (lambda t: t["funds"][0].update(label="\ud800"), "funds.label: a value does not fit string"),
        (lambda t: t["funds"][0].update(form_id="0" * 12 + "-001"), "funds: a row of 000000000000-001, not in forms"),
        (lambda t: t["regions"][0].update(document_id="0" * 64), "regions: a row of 0000"),
        (lambda t: t["evidence"][0].update(x1=-1.0), "evidence: a box that is turned over or far off the page"),
        (lambda t: t["regions"][0].update(y1=99_999.0), "regions: a box that is turned over or far off the page"),
        (lambda t: t["regions"][0].update(x0=float("nan")), "regions: a box that is turned over or far off the page"),
        (lambda t: t["evidence"][0].update(page=0), "evidence.page: pages 0 to 1 of 3"),
        (lambda t: t["forms"][0].update(page_first=4), "forms.page_first: pages 1 to 4 of 3"),
        (_two_of_the_same, "funds: two rows with the same form_id, line_no"),
    ],
)
def test_rows_that_break_a_promise_are_refused(
    tmp_path: Path, spoil: Callable[[dict[str, list[Row]]], None], told: str
) -> None:
    extraction = extraction_of(put(tmp_path, "a.pdf"))
    spoil(extraction.tables)
    with pytest.raises(RowError) as refused:
        stage(tmp_path, FINGERPRINT, extraction)
    assert str(refused.value).startswith(told)
    assert not list(tmp_path.rglob("*.parts"))


def test_a_form_of_another_document_is_refused(tmp_path: Path) -> None:
    extraction = extraction_of(put(tmp_path, "a.pdf"))
    strange = replace(
        extraction,
        document={**extraction.document, "document_id": "0" * 64},
        tables={"forms": extraction.tables["forms"]},
    )
    with pytest.raises(RowError, match="forms: rows of another document"):
        stage(tmp_path, FINGERPRINT, strange)
    assert not staged_path(tmp_path, FINGERPRINT, "0" * 64).exists()
