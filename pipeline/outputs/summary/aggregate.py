"""Aggregates rows of the dataset by group in SQL; each number comes with the rows behind it and their SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from duckdb import DuckDBPyConnection

from pipeline.dataset.contract.schema import load_schema
from pipeline.language import Language
from pipeline.messages import NOTHING, Text
from pipeline.outputs.summary.charts import BARS, bar_chart
from pipeline.outputs.summary.model import Cell, Chart, Column, Figure, Kind, Rows, Table

ROWS = 10  # rows listed for a number: enough to see its meaning, few enough for a file that opens at once
GROUPS = 20  # groups shown of a table
LONG = 160  # characters shown of a text in a row


@dataclass(frozen=True, slots=True)
class SqlColumn:
    """A column by its name in the result, its Chinese name and its SQL.

    `code_names` are the Chinese names of the codes that stand in it.
    """

    name: str
    zh: str
    sql: str
    kind: Kind = Kind.TEXT
    code_names: Mapping[str, str] = field(default_factory=dict)
    sql_zh: str | None = None
    """The SQL of a text that the dataset has in Chinese, too."""

    @property
    def column(self) -> Column:
        return Column(self.name, self.zh, self.kind)


@dataclass(frozen=True, slots=True)
class Source:
    """The rows that are counted: joined tables and a condition, and the columns and order in which rows are shown.

    `year` is the SQL of the fiscal year that a report of one year is limited to.
    """

    tables: str
    year: str
    columns: tuple[SqlColumn, ...]
    order: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """One number per group: the SQL of its aggregate, and the condition and order of the rows behind it.

    `source` is set when the rows behind the number are not the counted rows; its SQL must have the same group columns.
    """

    name: str
    zh: str
    sql: str
    kind: Kind = Kind.COUNT
    rows: str = ""
    order: str = ""
    source: Source | None = None

    @property
    def column(self) -> Column:
        return Column(self.name, self.zh, self.kind)


def counted(name: str, zh: str, where: str) -> Measure:
    """The rows that meet a condition."""
    return Measure(name, zh, f"count(*) FILTER (WHERE {where})", rows=where)


def coded(name: str, zh: str, sql: str, column: str) -> SqlColumn:
    """A column of codes; `column` names the column of the dataset whose codes they are (`forms.form_kind`)."""
    return SqlColumn(name, zh, sql, code_names=load_schema().code_names(*column.split(".")))


def counted_codes(sql: str, column: str) -> tuple[Measure, ...]:
    """The rows of each code of a column of the dataset (`forms.form_kind`)."""
    names = load_schema().code_names(*column.split("."))
    return tuple(counted(code, zh, f"{sql} = '{code}'") for code, zh in names.items())


def share(name: str, zh: str, where: str) -> Measure:
    """The share of the rows that meet a condition, in percent."""
    sql = f"100.0 * count(*) FILTER (WHERE {where}) / nullif(count(*), 0)"
    return Measure(name, zh, sql, Kind.PERCENT, where)


def summed(name: str, zh: str, amount: str) -> Measure:
    """The sum of amounts in yuan; null where no row has one."""
    return Measure(name, zh, f"sum({amount})", Kind.YUAN, f"{amount} IS NOT NULL", f"{amount} DESC")


class Aggregator:
    """Aggregates one dataset, of all years or of one, and keeps the rows behind the numbers that it returned.

    In Chinese, codes are shown by their names.
    """

    def __init__(self, connection: DuckDBPyConnection, year: int | None, language: Language = "en") -> None:
        self._connection, self._year, self._language = connection, year, language
        self._rows: dict[str, Rows] = {}

    @property
    def rows(self) -> tuple[Rows, ...]:
        """The rows behind all numbers so far."""
        return tuple(rows for rows in self._rows.values() if rows.total)

    def values(self, sql: str) -> list[tuple[object, ...]]:
        """The rows of a query."""
        return self._connection.execute(sql).fetchall()

    def figure(self, source: Source, measure: Measure) -> Figure:
        """One number over all rows of a source."""
        return Figure(measure.name, measure.zh, self._total(source, (measure,))[0], measure.kind)

    def table(
        self,
        title: tuple[str, str],
        source: Source,
        by: Sequence[SqlColumn],
        measures: Sequence[Measure],
        *,
        order: str = "",
        having: str = "",
        note: Text = NOTHING,
        total: bool = True,
    ) -> Table:
        """The measures of each group, by default sorted by the first measure, the greatest first.

        Groups beyond the first `GROUPS` are counted and left out.
        """
        names = [shown.name for shown in by]
        columns = [*(f"{c.sql} AS {c.name}" for c in by), *(f"{m.sql} AS {m.name}" for m in measures)]
        sql = _select(columns, source.tables, self._conditions(source))
        sql += f"\nGROUP BY {', '.join(c.sql for c in by)}{f' HAVING {having}' if having else ''}"
        sql += f"\nORDER BY {', '.join([order or f'{measures[0].name} DESC', *names])}"
        found = self.values(sql)
        rows = [self._row(source, by, measures, values) for values in found[:GROUPS]]
        shown = (*(c.column for c in by), *(m.column for m in measures))
        foot = (Cell("total"), *(Cell(None) for _ in by[1:]), *self._total(source, measures)) if total else ()
        return Table(*title, len(by), shown, tuple(rows), foot, max(len(found) - GROUPS, 0), sql, note)

    def chart(
        self, table: Table, title: tuple[str, str], series: Sequence[str], bars: int = BARS, named: int | None = None
    ) -> Chart | None:
        """Columns of a table as stacked bars, see `bar_chart`."""
        return bar_chart(table, title, series, bars, named, self._language)

    def _row(
        self, source: Source, by: Sequence[SqlColumn], measures: Sequence[Measure], values: tuple[object, ...]
    ) -> tuple[Cell, ...]:
        group = [f"{shown.sql} {_equals(value)}" for shown, value in zip(by, values, strict=False)]
        numbers = zip(measures, values[len(by) :], strict=True)
        return (
            *(Cell(self._named(shown, value)) for shown, value in zip(by, values, strict=False)),
            *(Cell(value, self._behind(source, group, measure, value)) for measure, value in numbers),
        )

    def _total(self, source: Source, measures: Sequence[Measure]) -> tuple[Cell, ...]:
        [values] = self.values(_select([m.sql for m in measures], source.tables, self._conditions(source)))
        return tuple(Cell(v, self._behind(source, [], m, v)) for m, v in zip(measures, values, strict=True))

    def _behind(self, source: Source, group: list[str], measure: Measure, value: object) -> str | None:
        """The id of the rows behind a number, or None where there are none."""
        if not value:
            return None
        source = measure.source or source
        conditions = [*self._conditions(source), *group, *([measure.rows] if measure.rows else [])]
        sql = _select([f"{self._sql(c)} AS {c.name}" for c in source.columns], source.tables, conditions)
        sql += f"\nORDER BY {', '.join(filter(None, (measure.order, source.order)))}"
        if sql not in self._rows:
            self._rows[sql] = self._read(f"rows-{len(self._rows) + 1}", source, sql)
        return self._rows[sql].id if self._rows[sql].total else None

    def _read(self, id: str, source: Source, sql: str) -> Rows:
        found = self.values(f"{sql}\nLIMIT {ROWS + 1}")
        total = len(found)
        if total > ROWS:
            [total] = self._connection.execute(f"SELECT count(*) FROM (\n{sql}\n)").fetchone() or (0,)
        kept = [n for n, c in enumerate(source.columns) if c.kind is not Kind.LINK or any(row[n] for row in found)]
        rows = tuple(tuple(_short(self._named(source.columns[n], row[n])) for n in kept) for row in found[:ROWS])
        return Rows(id, tuple(source.columns[n].column for n in kept), rows, total, sql)

    def _named(self, column: SqlColumn, value: object) -> object:
        """A value as it is shown; a code in Chinese by its name."""
        return column.code_names.get(str(value), value) if self._language == "zh" else value

    def _sql(self, column: SqlColumn) -> str:
        return column.sql_zh if column.sql_zh is not None and self._language == "zh" else column.sql

    def _conditions(self, source: Source) -> list[str]:
        of_year = f"{source.year} = {self._year}" if self._year is not None else ""
        return [condition for condition in (source.where, of_year) if condition]


def _select(columns: Sequence[str], tables: str, conditions: Sequence[str]) -> str:
    where = f"\nWHERE {' AND '.join(conditions)}" if conditions else ""
    return f"SELECT {', '.join(columns)}\nFROM {tables}{where}"


def _equals(value: object) -> str:
    if value is None:
        return "IS NULL"
    return f"= {value}" if isinstance(value, int | Decimal) else "= '" + str(value).replace("'", "''") + "'"


def _short(value: object) -> object:
    return f"{value[:LONG]}…" if isinstance(value, str) and len(value) > LONG else value
