"""Opens a dataset for reading, in a notebook or a script: `pipeline.open("data/processed")`.

All tables are of one version, even when another version lands meanwhile. pandas and DuckDB are imported when needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

Years = int | Iterable[int] | None
"""Fiscal years to read; None reads all rows, also those without a year."""


@dataclass(frozen=True, slots=True)
class OpenTable:
    """One table. Each call reads the files of the given years."""

    name: str
    _connection: DuckDBPyConnection

    def relation(self, years: Years = None, columns: Iterable[str] | None = None) -> DuckDBPyRelation:
        """A DuckDB relation; it is read when its rows are fetched. Raises `ValueError` for an unknown column."""
        rows = self._connection.table(self.name)
        if years is not None:
            wanted = [years] if isinstance(years, int) else years
            rows = rows.filter(f"fiscal_year IN ({', '.join(str(int(year)) for year in wanted) or 'NULL'})")
        if columns is not None:
            chosen = list(columns)
            if unknown := set(chosen) - set(rows.columns):
                told = f"{self.name} has no column {', '.join(sorted(unknown))}"
                raise ValueError(f"{told}; it has {', '.join(rows.columns)}")
            rows = rows.select(*chosen)
        return rows

    def pandas(self, years: Years = None, columns: Iterable[str] | None = None) -> pandas.DataFrame:
        """A pandas DataFrame; amounts are Decimal."""
        return self.arrow(years, columns).to_pandas()  # type: ignore[no-any-return]

    def arrow(self, years: Years = None, columns: Iterable[str] | None = None) -> Any:
        """A `pyarrow.Table`."""
        return self.relation(years, columns).to_arrow_table()

    def polars(self, years: Years = None, columns: Iterable[str] | None = None) -> Any:
        """A `polars.DataFrame`. Raises `BudgetFormsError` when polars, an optional package, is not installed."""
        try:
            import polars
        except ImportError as error:
            from pipeline.errors import BudgetFormsError

            raise BudgetFormsError("reader.missing", "polars is not installed: pip install polars") from error
        return polars.from_arrow(self.arrow(years, columns))


class OpenDataset:
    """The tables of one version of a dataset, as attributes and as views of DuckDB. The files of the version stay until
    it is closed or garbage-collected."""

    documents: OpenTable  # one row per PDF
    forms: OpenTable  # one row per form
    funds: OpenTable  # every printed amount line
    indicators: OpenTable  # one row per level-3 indicator
    tasks: OpenTable  # main tasks of the year on department-wide forms
    other_values: OpenTable  # labels with values that have no column elsewhere
    evidence: OpenTable  # page and box of each value
    findings: OpenTable  # contradictions and oddities in the forms
    budget_tables: OpenTable  # one row per printed budget table
    budget_lines: OpenTable  # every printed number of the budget tables
    regions: OpenTable  # the text and table regions of every page
    links: OpenTable  # the link of each form to its project
    projects: OpenTable  # one row per project and fiscal year

    def __init__(self, out: Path) -> None:
        from pipeline.dataset.views import connect_pinned

        self._connection, self._release = connect_pinned(out)
        for table in self:
            setattr(self, table, self[table])

    def __getitem__(self, table: str) -> OpenTable:
        """A table by its name; raises `KeyError` when there is none."""
        if table not in self:
            raise KeyError(f"there is no table {table}; there are {', '.join(self)}")
        return OpenTable(table, self._connection)

    def __iter__(self) -> Iterator[str]:
        """The names of the tables."""
        from pipeline.dataset.contract.schema import load_schema

        return iter(load_schema().tables)

    def sql(self, query: str) -> DuckDBPyRelation:
        """A query over the tables; `.df()`, `.to_arrow_table()`, `.pl()` or `.fetchall()` give its rows."""
        return self._connection.sql(query)

    def ready(self, name: str) -> DuckDBPyRelation:
        """The answer to a ready question (`docs/questions.md`) on this dataset.

        Raises `UsageError` when there is none of this name.
        """
        from pipeline.outputs.query.ready import ready_question

        return self.sql(ready_question(name).sql)

    def close(self) -> None:
        """Releases the version; its tables can no longer be read."""
        self._connection.close()
        self._release()

    def __enter__(self) -> OpenDataset:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def open_dataset(out: str | Path = "data/processed") -> OpenDataset:
    """The current version of the dataset at `out`. Raises `DatasetError` when there is none."""
    return OpenDataset(Path(out))
