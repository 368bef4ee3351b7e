"""Writes `datapackage.json` (Data Package v2) from the schema."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.dataset.contract.schema import Column, ForeignKey, Schema, Table

FILE_NAME = "datapackage.json"
PROFILES = "https://datapackage.org/profiles/2.0"
DESCRIPTION = (
    "Performance-target and self-evaluation forms in published Chinese government budgets: amounts, goals, indicators, "
    "where each value is printed, and what does not add up. The columnType of a field is that of the Fiscal Data "
    "Package. Each table lies in one Parquet file a fiscal year; fiscal_year stands in the path, not in the files."
)
FIELD_TYPES = {
    "string": "string",
    "bool": "boolean",
    "int16": "integer",
    "int32": "integer",
    "int64": "integer",
    "float32": "number",
    "date32": "date",
    "timestamp": "datetime",
    "list": "array",
    "string[]": "array",
}


def datapackage(schema: Schema, parts: Mapping[str, Sequence[str]]) -> str:
    """The descriptor as JSON text; `parts` holds the paths of each table's files relative to the dataset."""
    described = {
        "$schema": f"{PROFILES}/datapackage.json",
        "name": "budget-forms",
        "title": "Budget performance forms 预算绩效目标表",
        "description": DESCRIPTION,
        "keywords": ["government budget", "performance targets", "预算绩效", "绩效目标"],
        "countryCode": "CN",
        "resources": [_resource(table, sorted(parts.get(table.name, ()))) for table in schema.tables.values()],
    }
    return json.dumps(described, ensure_ascii=False, indent=1) + "\n"


def _resource(table: Table, paths: Sequence[str]) -> dict[str, Any]:
    return {
        "name": table.name,
        "title": table.label_zh,
        "description": table.description,
        "description_zh": table.description_zh,
        "path": list(paths),
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "type": "table",
        "schema": {
            "$schema": f"{PROFILES}/tableschema.json",
            "fieldsMatch": "superset",
            "fields": [_field(table, column) for column in table.columns],
            "primaryKey": list(table.primary_key),
            "foreignKeys": [_foreign_key(table, key) for key in table.foreign_keys],
        },
    }


def _field(table: Table, column: Column) -> dict[str, Any]:
    constraints = {
        "required": column.required,
        "unique": table.primary_key == (column.name,),
        "enum": list(column.enum),
        "pattern": column.pattern,
    }
    described: dict[str, Any] = {
        "name": column.name,
        "type": FIELD_TYPES.get(column.type, "number"),
        "title": column.label_zh,
        "description": column.description,
        "description_zh": column.description_zh,
        "categories": [{"value": code, "label": name} for code, name in column.code_names.items()],
        "unit": column.unit,
        "currency": "CNY" if column.unit == "yuan" else None,
        "columnType": column.fiscal_type,
        "constraints": {name: value for name, value in constraints.items() if value},
    }
    return {name: value for name, value in described.items() if value}


def _foreign_key(table: Table, key: ForeignKey) -> dict[str, Any]:
    reference: dict[str, Any] = {"fields": list(key.references)}
    if key.table != table.name:  # a key into the same table names no resource
        reference = {"resource": key.table, **reference}
    return {"fields": list(key.columns), "reference": reference}
