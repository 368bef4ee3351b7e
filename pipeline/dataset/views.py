"""SQL over the dataset: one DuckDB view a table, all of one and the same version."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import duckdb

from pipeline.dataset.contract.schema import PARTITION, load_schema
from pipeline.dataset.store.model import Version
from pipeline.dataset.store.paths import filesystem, is_remote, url
from pipeline.dataset.store.versions import pin


def connect(out: Path) -> duckdb.DuckDBPyConnection:
    """An in-memory connection with a view for each table of the dataset at `out`, as it is now.

    What lands later is not seen; the version stays for as long as the connection lives.
    Raises `DatasetError` when there is no dataset.
    """
    return connect_pinned(out)[0]


def connect_pinned(out: Path) -> tuple[duckdb.DuckDBPyConnection, Callable[[], object]]:
    """The same connection, and a function that lets the version go before the connection does."""
    version, release = pin(out)
    connection = open_version(version)
    return connection, weakref.finalize(connection, release)


def open_version(version: Version) -> duckdb.DuckDBPyConnection:
    """An in-memory connection with a view for each table of a version, which must stay for as long as it lives."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")  # times are told as they are stored, wherever the machine stands
    create_views(connection, version)
    return connection


def create_views(connection: duckdb.DuckDBPyConnection, version: Version) -> None:
    """A view for each table of a version, which the caller keeps pinned."""
    for table in load_schema().tables.values():
        create_view(connection, f'"{table.name}"', [column.name for column in table.columns], version.parts(table.name))


def create_view(
    connection: duckdb.DuckDBPyConnection, name: str, columns: Iterable[str], parts: Iterable[Path]
) -> None:
    """A view over partition files, of which there must be one at least; `name` is SQL."""
    selected = ", ".join(f'"{column}"' for column in columns)
    connection.execute(
        f"CREATE VIEW {name} AS SELECT {selected} FROM read_parquet({readable(connection, parts)}, "
        f"hive_partitioning = true, hive_types = {{'{PARTITION}': 'SMALLINT'}})"
    )


def readable(connection: duckdb.DuckDBPyConnection, parts: Iterable[Path]) -> str:
    """A list of files as SQL, which the connection can read wherever they lie."""
    parts = list(parts)
    if parts and is_remote(parts[0]):
        files = filesystem(parts[0])
        if not any(connection.filesystem_is_registered(name) for name in _protocols(files)):
            connection.register_filesystem(files)
    return literal([url(part) for part in parts])


def _protocols(files: Any) -> tuple[str, ...]:
    return (files.protocol,) if isinstance(files.protocol, str) else tuple(files.protocol)


def literal(texts: list[str]) -> str:
    """A list of texts as SQL."""
    return "[" + ", ".join("'" + text.replace("'", "''") + "'" for text in texts) + "]"
