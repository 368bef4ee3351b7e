"""Makes Arrow tables of rows and checks every row against `schemas/tables.toml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dataset.contract.schema import PARTITION, Column, Table
from pipeline.dataset.errors import RowError
from pipeline.document.result import Row
from pipeline.messages import t
from pipeline.pages.limits import LARGEST_SIDE

PAGES = ("page", "page_first", "page_last")
"""Columns with the number of a page."""
LANDED = ("file_name", "source_path", "superseded_by", "first_seen_at")
"""Columns of `documents` that landing fills in."""


def staged_schema(table: Table) -> Any:
    """The Arrow schema of staged rows: with the partition as a column, without the columns that landing fills in."""
    stored = [c.arrow_field for c in table.stored if table.name != "documents" or c.name not in LANDED]
    return pa.schema([*stored, pa.field(PARTITION, pa.int16())])


def to_arrow(table: Table, rows: Sequence[Row], years: Sequence[object], owner: str) -> Any:
    """The rows as a sorted Arrow table, after each row has been checked.

    `years` has the partition of each row. `owner` is the `document_id` that all rows must belong to. Raises `RowError`
    naming table and column.
    """
    schema = staged_schema(table)
    if not rows:
        return schema.empty_table()
    columns = _columns([name for name in schema.names if name != PARTITION], rows, table.name) | {PARTITION: years}
    arrays = {field.name: _array(table.name, field, columns[field.name]) for field in schema}
    for column in table.stored:
        if column.name in arrays:
            _check(table.name, column, arrays[column.name])
    if "x0" in arrays:
        _check_boxes(table.name, *(arrays[name] for name in ("x0", "y0", "x1", "y1")))
    if foreign := set(pc.utf8_slice_codeunits(arrays[table.owner], 0, 12).unique().to_pylist()) - {owner[:12]}:
        raise RowError(
            "dataset.row",
            t("{name}: rows of another document: {foreign}", name=table.name, foreign=", ".join(sorted(foreign))),
        )
    keys: list[Any] = list(zip(*(columns[name] for name in table.primary_key), strict=True))
    if len(set(keys)) < len(rows):
        raise RowError(
            "dataset.row",
            t(
                "{name}: two rows with the same {primary_key}",
                name=table.name,
                primary_key=", ".join(table.primary_key),
            ),
        )
    arrow = pa.table(list(arrays.values()), schema=schema)
    if table.sort_key == table.primary_key and keys == sorted(keys):
        return arrow
    return in_order(arrow, [name for name in table.sort_key if name in arrays])


def check_pages(table: Table, rows: Any, page_count: int) -> None:
    """Raises `RowError` when a row stands on a page that the document does not have."""
    for name in PAGES:
        if name in rows.column_names and rows.num_rows:
            found = pc.min_max(rows[name]).as_py()
            if found["min"] is not None and not 1 <= found["min"] <= found["max"] <= page_count:
                message = t(
                    "{table}.{name}: pages {first} to {last} of {page_count}",
                    table=table.name,
                    name=name,
                    first=found["min"],
                    last=found["max"],
                    page_count=page_count,
                )
                raise RowError("dataset.row", message)


def in_order(rows: Any, sort_key: Sequence[str]) -> Any:
    """An Arrow table sorted by the columns of `sort_key`, ascending."""
    return rows.sort_by([(name, "ascending") for name in sort_key])


def _columns(names: Sequence[str], rows: Sequence[Row], table: str) -> dict[str, Sequence[object]]:
    """The values of rows by column; `names` has at least two names, as every table does."""
    try:
        values = zip(*map(itemgetter(*names), rows), strict=True)
        columns: dict[str, Sequence[object]] = dict(zip(names, values, strict=True))
        if sum(map(len, rows)) == len(names) * len(rows):
            return columns
    except KeyError:
        columns = {name: [row.get(name) for row in rows] for name in names}  # a missing value is null
    if unknown := set().union(*rows) - {*names, PARTITION}:
        raise RowError(
            "dataset.row", t("{table}: unknown columns {unknown}", table=table, unknown=", ".join(sorted(unknown)))
        )
    return columns


def _array(table: str, field: Any, values: Sequence[object]) -> Any:
    try:
        return pa.array(values, field.type)
    except MemoryError:  # `pa.ArrowMemoryError` is also an `ArrowException`, but not the fault of the value
        raise
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        raise RowError(
            "dataset.row",
            t(
                "{table}.{name}: a value does not fit {type}: {error}",
                table=table,
                name=field.name,
                type=field.type,
                error=error,
            ),
        ) from error


def _check(table: str, column: Column, values: Any) -> None:
    if column.required and values.null_count:
        raise RowError("dataset.row", t("{table}.{name}: a value is needed", table=table, name=column.name))
    if column.enum and (strange := set(pc.unique(values).to_pylist()) - {None, *column.enum}):
        raise RowError(
            "dataset.row",
            t(
                "{table}.{name}: not an agreed value: {strange}",
                table=table,
                name=column.name,
                strange=", ".join(sorted(strange)),
            ),
        )
    if column.pattern and pc.any(pc.invert(pc.match_substring_regex(values, column.pattern))).as_py():
        raise RowError(
            "dataset.row",
            t(
                "{table}.{name}: a value does not look like {pattern}",
                table=table,
                name=column.name,
                pattern=column.pattern,
            ),
        )


def _check_boxes(table: str, x0: Any, y0: Any, x1: Any, y1: Any) -> None:
    """Comparisons with what is no number are false; rows without a box are left out."""
    ordered = ((x0, x1), (y0, y1), (-LARGEST_SIDE, x0), (-LARGEST_SIDE, y0), (x1, LARGEST_SIDE), (y1, LARGEST_SIDE))
    if any(pc.all(pc.less_equal(low, high)).as_py() is False for low, high in ordered):
        raise RowError("dataset.row", t("{name}: a box that is turned over or far off the page", name=table))


def partitions(table: Table, rows: Sequence[Row], years: Mapping[object, object]) -> list[object]:
    """The fiscal year of each row: that of its form or document; `years` is keyed by form_id or document_id."""
    if table.partition_of is None:
        return [row.get(PARTITION) for row in rows]
    owner = table.owner
    owners = [row.get(owner) for row in rows]
    if foreign := set(owners) - years.keys():
        raise RowError(
            "dataset.row",
            t(
                "{name}: a row of {pop}, not in {partition_of}",
                name=table.name,
                pop=foreign.pop(),
                partition_of=table.partition_of,
            ),
        )
    return [years[owner] for owner in owners]
