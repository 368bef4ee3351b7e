"""SQL over the dataset: one DuckDB view a table, all of one and the same version."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterable
from pathlib import Path

import duckdb

from pipeline.dataset.parts import part_path, years_of
from pipeline.dataset.schema import PARTITION, load_schema
from pipeline.dataset.versions import pin


def connect(out: Path) -> duckdb.DuckDBPyConnection:
    """An in-memory connection with a view for each table of the dataset at `out`, as it is now.

    What lands later is not seen; the version stays for as long as the connection lives.
    Raises `DatasetError` when there is no dataset.
    """
    return connect_pinned(out)[0]


def connect_pinned(out: Path) -> tuple[duckdb.DuckDBPyConnection, Callable[[], object]]:
    """The same connection, and a function that lets the version go before the connection does."""
    version, handle = pin(out)
    connection = duckdb.connect()
    release = weakref.finalize(connection, os.close, handle)
    for table in load_schema().tables.values():
        parts = [part_path(version, table.name, year) for year in years_of(version, table.name)]
        create_view(connection, f'"{table.name}"', [column.name for column in table.columns], parts)
    return connection, release


def create_view(
    connection: duckdb.DuckDBPyConnection, name: str, columns: Iterable[str], parts: Iterable[Path]
) -> None:
    """A view over partition files, of which there must be one at least; `name` is SQL."""
    files = literal([str(part.resolve()) for part in parts])
    selected = ", ".join(f'"{column}"' for column in columns)
    connection.execute(
        f"CREATE VIEW {name} AS SELECT {selected} FROM read_parquet({files}, "
        f"hive_partitioning = true, hive_types = {{'{PARTITION}': 'SMALLINT'}})"
    )


def literal(texts: list[str]) -> str:
    """A list of texts as SQL."""
    return "[" + ", ".join("'" + text.replace("'", "''") + "'" for text in texts) + "]"
