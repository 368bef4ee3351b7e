"""DuckDB views over the tables of one version of the dataset."""

from __future__ import annotations

import re
import weakref
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa

from pipeline.dataset.contract.schema import PARTITION, Table, load_schema
from pipeline.dataset.errors import DatasetError, damaged
from pipeline.dataset.store.model import Version
from pipeline.dataset.store.paths import UNREACHABLE, filesystem, is_remote, url
from pipeline.dataset.store.versions import pin
from pipeline.messages import known, t
from pipeline.text import one_line

BATCH = 10_000  # rows
_TRACEBACK = "Traceback (most recent call last)"
_RAISED = re.compile(r"^[\w.]+: (.+)$", re.MULTILINE)
_RESTRICTIONS = (
    "python_enable_replacements = false",
    "allow_persistent_secrets = false",
    "autoinstall_known_extensions = false",
    "autoload_known_extensions = false",
    "allow_community_extensions = false",
    "enable_external_access = false",
    "lock_configuration = true",
)


def connect(out: Path, *, restricted: bool = False, settings: str = "") -> duckdb.DuckDBPyConnection:
    """An in-memory connection with a view for each table of the current version of the dataset at `out`.

    `restricted`: its SQL can reach nothing else, see `restrict`. `settings` is SQL that
    runs before, since it changes no setting later.

    The version stays the same, and its files stay, for as long as the connection lives.
    Raises `DatasetError` when there is no dataset.
    """
    version, release = pin(out)
    connection = open_version(version)
    weakref.finalize(connection, release)
    connection.execute(settings)
    if restricted:
        restrict(connection, version)
    return connection


def open_version(version: Version) -> duckdb.DuckDBPyConnection:
    """An in-memory connection with a view for each table of a version; the caller keeps the version pinned."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")  # stored times are UTC; DuckDB would print local time
    _keep_spills_private(connection)
    create_views(connection, version)
    return connection


def _keep_spills_private(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes rows that do not fit into memory wait in a folder that only its owner can enter.

    DuckDB would write them to `.tmp` in the current folder, for all to read.
    """
    try:
        folder = TemporaryDirectory(prefix="budget-forms-", ignore_cleanup_errors=True)
    except OSError:  # no place for temporary files: then what does not fit into memory fails
        connection.execute("SET temp_directory = ''")
        return
    weakref.finalize(connection, folder.cleanup)
    connection.execute("SET temp_directory = $folder", {"folder": folder.name})


def restrict(connection: duckdb.DuckDBPyConnection, version: Version) -> None:
    """From now on SQL in this connection reads the files of a version and nothing else.

    No other file, network, extension, variable of Python or secret; nothing can be written, and nothing allowed again.
    """
    connection.execute(f"SET allowed_paths = {literal([url(path) for path in version.files.values()])}")
    for setting in _RESTRICTIONS:
        connection.execute(f"SET {setting}")


def create_views(connection: duckdb.DuckDBPyConnection, version: Version) -> None:
    """Creates a view for each table of a version; the caller keeps the version pinned.

    Tables and columns that the version lacks, since an earlier program wrote it, are empty and null.
    """
    for table in load_schema().tables.values():
        name, columns, parts = f'"{table.name}"', [column.name for column in table.columns], version.parts(table.name)
        try:
            if parts:
                create_view(connection, name, columns, parts)
                continue
        except duckdb.BinderException:
            pass
        except (duckdb.InvalidInputException, duckdb.IOException) as error:
            raise store_error(error) or damaged(table.name, known(one_line(str(error)))) from error
        _create_filled_view(connection, name, table, parts)


def _create_filled_view(connection: duckdb.DuckDBPyConnection, name: str, table: Table, parts: Iterable[Path]) -> None:
    """Creates a view over partition files that lack columns, or over none."""
    columns = [column.name for column in table.columns]
    connection.execute("CREATE SCHEMA IF NOT EXISTS today")
    whole = pa.schema(
        [pa.field(column.name, column.arrow_type) for column in table.columns]
    )  # types alone: no NOT NULL
    connection.register("rows_of_today", whole.empty_table())
    connection.execute(f"CREATE TABLE today.{name} AS FROM rows_of_today")
    connection.unregister("rows_of_today")
    stored = readable(connection, parts)
    read = f"UNION ALL BY NAME FROM {_parquet(stored)}" if stored != literal([]) else ""
    selected = ", ".join(f'"{column}"' for column in columns)
    connection.execute(f"CREATE VIEW {name} AS SELECT {selected} FROM (FROM today.{name} {read})")


def create_view(
    connection: duckdb.DuckDBPyConnection, name: str, columns: Iterable[str], parts: Iterable[Path]
) -> None:
    """Creates a view over partition files, at least one; `name` is quoted as SQL needs it."""
    selected = ", ".join(f'"{column}"' for column in columns)
    connection.execute(f"CREATE VIEW {name} AS SELECT {selected} FROM {_parquet(readable(connection, parts))}")


def _parquet(files: str) -> str:
    """SQL that reads partition files, given as a list in SQL."""
    return f"read_parquet({files}, hive_partitioning = true, hive_types = {{'{PARTITION}': 'SMALLINT'}})"


def readable(connection: duckdb.DuckDBPyConnection, parts: Iterable[Path]) -> str:
    """A list of files as SQL. The connection can read them on a disk or on an object store."""
    parts = list(parts)
    if parts and is_remote(parts[0]):
        files = filesystem(parts[0])
        if not any(connection.filesystem_is_registered(name) for name in _protocols(files)):
            connection.register_filesystem(files)
    return literal([url(part) for part in parts])


def store_error(error: Exception) -> DatasetError | None:
    """The error of an object store that failed below a query; None for any other error.

    DuckDB gives what Python raises as text, with its traceback.
    """
    if _TRACEBACK not in (text := str(error).replace("\\n", "\n")):
        return None
    reasons = _RAISED.findall(text.partition(_TRACEBACK)[2])
    reason = one_line(reasons[-1]) if reasons else t("the object store has failed")
    message = t("the dataset cannot be read: {reason}: look at the network and run again", reason=reason)
    return DatasetError(UNREACHABLE, message)


def _protocols(files: Any) -> tuple[str, ...]:
    return (files.protocol,) if isinstance(files.protocol, str) else tuple(files.protocol)


def fetched(result: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    """The rows of a result, some thousands in memory at a time."""
    while rows := result.fetchmany(BATCH):
        yield from rows


def named_rows(result: duckdb.DuckDBPyConnection) -> Iterator[dict[str, Any]]:
    """The same rows as dictionaries by column."""
    names = [column[0] for column in result.description or ()]
    return (dict(zip(names, row, strict=True)) for row in fetched(result))


def literal(texts: list[str]) -> str:
    """A list of texts as SQL."""
    return "[" + ", ".join("'" + text.replace("'", "''") + "'" for text in texts) + "]"
