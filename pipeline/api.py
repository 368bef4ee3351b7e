"""Opens a dataset for reading, in a notebook or a script: `pipeline.open("data/processed")`.

All tables are of one version, even when another version lands meanwhile. pandas and DuckDB are imported when needed.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pipeline.messages import t

if TYPE_CHECKING:
    import pandas
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

Year = int | str
Years = Year | Iterable[Year] | None
"""Fiscal years to read, as numbers or as texts like "2023"; None reads all rows, also those without a year."""

SHOWN = 10
"""Rows of a table that a notebook shows."""


@dataclass(frozen=True, slots=True)
class OpenTable:
    """One table. Each call reads the files of the given years."""

    name: str
    _connection: DuckDBPyConnection

    def relation(self, years: Years = None, columns: Iterable[str] | None = None) -> DuckDBPyRelation:
        """A DuckDB relation; it is read when its rows are fetched. Raises `ValueError` for an unknown column or a text
        that is no year."""
        rows = self._connection.table(self.name)
        if years is not None:
            wanted = [years] if isinstance(years, Year) else years
            rows = rows.filter(f"fiscal_year IN ({', '.join(str(_year(year)) for year in wanted) or 'NULL'})")
        if columns is not None:
            chosen = list(columns)
            if unknown := set(chosen) - set(rows.columns):
                told = f"{self.name} has no column {', '.join(sorted(unknown))}"
                raise ValueError(f"{told}; it has {', '.join(rows.columns)}")
            rows = rows.select(*chosen)
        return rows

    def pandas(
        self,
        years: Years = None,
        columns: Iterable[str] | None = None,
        *,
        amounts: Literal["float", "exact"] = "float",
    ) -> pandas.DataFrame:
        """A pandas DataFrame; dates are datetime64, whole numbers are nullable integers.

        Amounts and other decimals are float64: they divide, plot and average as numbers do. A float holds each amount
        below 90 trillion yuan to the cent, but sums of floats may differ in the last digits. With `amounts="exact"`
        they are `Decimal` and add up exactly, as in SQL and in `arrow`; a Decimal cannot be divided by a float.
        """
        import pandas as pd
        import pyarrow as pa

        if amounts not in ("float", "exact"):
            raise ValueError(f'amounts is "float" or "exact", not {amounts!r}')
        nullable = {
            getattr(pa, f"{sign}int{bits}")(): getattr(pd, f"{sign.upper()}Int{bits}Dtype")()
            for sign in ("", "u")
            for bits in (8, 16, 32, 64)
        }
        rows = self.arrow(years, columns)
        if amounts == "float":
            fields = [
                field.with_type(pa.float64()) if pa.types.is_decimal(field.type) else field for field in rows.schema
            ]
            rows = rows.cast(pa.schema(fields))
        return rows.to_pandas(date_as_object=False, types_mapper=nullable.get)  # type: ignore[no-any-return]

    def arrow(self, years: Years = None, columns: Iterable[str] | None = None) -> Any:
        """A `pyarrow.Table`."""
        return self.relation(years, columns).to_arrow_table()

    def polars(self, years: Years = None, columns: Iterable[str] | None = None) -> Any:
        """A `polars.DataFrame`. Raises `BudgetFormsError` when polars, an optional package, is not installed."""
        try:
            import polars
        except ImportError as error:
            from pipeline.errors import BudgetFormsError

            raise BudgetFormsError("reader.missing", t("polars is not installed: pip install polars")) from error
        return polars.from_arrow(self.arrow(years, columns))

    def __len__(self) -> int:
        """The number of rows."""
        [(count,)] = self._connection.table(self.name).count("*").fetchall()
        return int(count)

    def __repr__(self) -> str:
        columns = self._connection.table(self.name).columns
        return f"{self.name}: {len(self):,} rows, {len(columns)} columns: {', '.join(columns)}"

    def _repr_html_(self) -> str:
        """The first rows as a table, for notebooks."""
        total, rows = len(self), self._connection.table(self.name).limit(SHOWN).to_arrow_table().to_pandas()
        count = f"{len(rows):,} of {total:,} rows" if total > len(rows) else f"{total:,} rows"
        return f"<p><b>{self.name}</b>: {count}</p>{rows.to_html(index=False, na_rep='', max_cols=0)}"


def _year(year: Year) -> int:
    try:
        return int(year)
    except ValueError:
        raise ValueError(f'{year!r} is no fiscal year: give 2023 or "2023", or a list of years') from None


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
        from pipeline.dataset.store.paths import display
        from pipeline.dataset.store.versions import pin
        from pipeline.dataset.views import open_version

        version, release = pin(out)
        self._connection = open_version(version)
        self._release = weakref.finalize(self._connection, release)
        self._name = f"{display(out)}, version {version.number}"
        for table in self:
            setattr(self, table, self[table])

    def __repr__(self) -> str:
        width = max(map(len, self))
        return "\n".join([f"dataset {self._name}", *(f"  {name:{width}} {len(self[name]):>12,} rows" for name in self)])

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
