"""The tables of the dataset with columns, keys and constraints, as `schemas/tables.toml` defines them."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from importlib.resources import files
from typing import Annotated, Any

import pyarrow as pa
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from pipeline.errors import KnowledgeError
from pipeline.messages import t

SCHEMA_FILE = "tables.toml"
PARTITION = "fiscal_year"
SIMPLE_TYPES = {
    "string": pa.string(),
    "bool": pa.bool_(),
    "int16": pa.int16(),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "float32": pa.float32(),
    "date32": pa.date32(),
    "timestamp": pa.timestamp("us", "UTC"),
    "binary": pa.binary(),
    "string[]": pa.list_(pa.field("element", pa.string())),
}
DECIMAL = re.compile(r"decimal\((\d{1,2}),(\d{1,2})\)")


CHINESE = re.compile(r"[\u4e00-\u9fff]")


def _in_chinese(text: str) -> str:
    if not CHINESE.search(text):
        raise ValueError(f"{text!r} has no Chinese character")
    return text


Chinese = Annotated[str, AfterValidator(_in_chinese)]


class Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Column(Strict):
    """One column; `fields` are the members of a `list` of structs.

    `code_names` are the codes that the column may hold, each with its Chinese name; empty where any text may stand. In
    the file, `enum` names their list under `codes`.
    """

    name: str
    type: str
    description: str
    description_zh: Chinese
    label_zh: Chinese
    unit: str | None = None
    required: bool = False
    code_names: dict[str, Chinese] = Field(default={}, alias="enum")
    pattern: str | None = None
    partition: bool = False
    fiscal_type: str | None = None
    fields: tuple[Column, ...] = ()

    @field_validator("type")
    @classmethod
    def _known_type(cls, value: str) -> str:
        if value not in SIMPLE_TYPES and value != "list" and not DECIMAL.fullmatch(value):
            raise ValueError(f"unknown type {value!r}")
        return value

    @cached_property
    def arrow_type(self) -> Any:
        """The pyarrow type; decimals are 128 bits wide."""
        if self.type == "list":
            return pa.list_(pa.field("element", pa.struct([c.arrow_field for c in self.fields])))
        if decimal := DECIMAL.fullmatch(self.type):
            return pa.decimal128(int(decimal[1]), int(decimal[2]))
        return SIMPLE_TYPES[self.type]

    @cached_property
    def enum(self) -> tuple[str, ...]:
        """The codes that the column may hold; empty where any text may stand."""
        return tuple(self.code_names)

    @cached_property
    def arrow_field(self) -> Any:
        """The pyarrow field; its metadata are both descriptions, `label_zh`, `unit` and, as JSON, the `codes`."""
        metadata = {
            "description": self.description,
            "description_zh": self.description_zh,
            "label_zh": self.label_zh,
            "unit": self.unit,
            "codes": json.dumps(self.code_names, ensure_ascii=False) if self.code_names else None,
        }
        return pa.field(
            self.name, self.arrow_type, nullable=not self.required, metadata={k: v for k, v in metadata.items() if v}
        )


class ForeignKey(Strict):
    columns: tuple[str, ...]
    table: str
    references: tuple[str, ...]


class Table(Strict):
    """One table. `partition_of` names the table whose row decides the partition; None: the row's own fiscal year.

    A `derived` table is computed from the other tables when documents land.
    """

    name: str
    label_zh: Chinese
    description: str
    description_zh: Chinese
    primary_key: tuple[str, ...]
    sort_key: tuple[str, ...]
    partition_of: str | None = None
    derived: bool = False
    foreign_keys: tuple[ForeignKey, ...] = ()
    columns: tuple[Column, ...]

    @model_validator(mode="after")
    def _keys_are_columns(self) -> Table:
        known = [c.name for c in self.columns]
        used = [*self.primary_key, *self.sort_key, *(c for key in self.foreign_keys for c in key.columns)]
        if len(known) != len(set(known)):
            raise ValueError("two columns of the same name")
        if missing := sorted(set(used) - set(known)):
            raise ValueError(f"keys name unknown columns: {', '.join(missing)}")
        if [c.name for c in self.columns if c.partition] != [PARTITION]:
            raise ValueError(f"exactly one partition column {PARTITION} is needed")
        return self

    @property
    def owner(self) -> str:
        """The column that begins with the first 12 digits of the document that a row belongs to."""
        return self.primary_key[0]

    @cached_property
    def stored(self) -> tuple[Column, ...]:
        """The columns inside the files: all but the partition."""
        return tuple(c for c in self.columns if not c.partition)

    @cached_property
    def arrow_schema(self) -> Any:
        """The pyarrow schema of the files."""
        return pa.schema([c.arrow_field for c in self.stored])


class Schema(Strict):
    tables: dict[str, Table]

    @property
    def read(self) -> dict[str, Table]:
        """The tables whose rows are read from documents."""
        return {name: table for name, table in self.tables.items() if not table.derived}

    @property
    def derived(self) -> dict[str, Table]:
        """The tables that are computed from the others."""
        return {name: table for name, table in self.tables.items() if table.derived}

    def code_names(self, table: str, column: str) -> Mapping[str, str]:
        """The codes that a column may hold with their Chinese names; empty where any text may stand."""
        return next(c.code_names for c in self.tables[table].columns if c.name == column)

    @model_validator(mode="after")
    def _references_exist(self) -> Schema:
        for table in self.tables.values():
            for key in table.foreign_keys:
                target = self.tables.get(key.table)
                if target is None or not set(key.references) <= {c.name for c in target.columns}:
                    raise ValueError(f"{table.name}: foreign key to unknown {key.table}({', '.join(key.references)})")
            if table.partition_of is not None and table.partition_of not in self.tables:
                raise ValueError(f"{table.name}: partition_of names unknown table {table.partition_of}")
        return self


def parse_schema(text: str, name: str = SCHEMA_FILE) -> Schema:
    """The schema in `text` (TOML); `KnowledgeError` names the table and column that is wrong."""
    try:
        read = tomllib.loads(text)
        codes = read.pop("codes", {})
        raw = {"tables": {key: {"name": key, **value} for key, value in read.items()}}
        _put_codes(raw["tables"], codes)
        return Schema.model_validate(raw)
    except tomllib.TOMLDecodeError as error:
        raise KnowledgeError(
            "schema.invalid", t("schemas/{name} is not valid TOML: {error}", name=name, error=error)
        ) from error
    except TypeError as error:
        raise KnowledgeError(
            "schema.invalid", t("schemas/{name} must hold tables only: {error}", name=name, error=error)
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        message = t("schemas/{name}: {place}: {msg}", name=name, place=_place(raw, first["loc"]), msg=first["msg"])
        raise KnowledgeError("schema.invalid", message) from error


def _put_codes(tables: Mapping[str, Any], codes: Mapping[str, Any]) -> None:
    """Puts the list of codes in the place of its name; an unknown name stays, and is refused as no list."""
    used = set()
    for column in (column for table in tables.values() for column in table.get("columns", ())):
        if (name := column.get("enum")) is not None:
            used.add(name)
            column["enum"] = codes.get(name, name)
    if unused := sorted(set(codes) - used):
        raise KnowledgeError(
            "schema.invalid",
            t("schemas/{schema_file}: no column uses codes.{unused}", schema_file=SCHEMA_FILE, unused=unused[0]),
        )


def _place(raw: Any, steps: Iterable[int | str]) -> str:
    """The position of an error in the file; list entries are written by name where they have one."""
    names = []
    for step in steps:
        inside = isinstance(step, int) or step in raw
        raw = raw[step] if inside else {}
        names.append(str(raw.get("name", step) if isinstance(step, int) and isinstance(raw, dict) else step))
    return ".".join(names[1:]) or "tables"


@cache
def load_schema() -> Schema:
    """The schema that this installation ships."""
    return parse_schema((files("schemas") / SCHEMA_FILE).read_text(encoding="utf-8"))
