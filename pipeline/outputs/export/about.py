"""The first sheet of a workbook: description, size and citation of the data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb

from pipeline.dataset.contract.names import code_name
from pipeline.dataset.contract.schema import Table, load_schema
from pipeline.messages import NOTHING, SEMICOLON, Text, both, joined, known, t
from pipeline.outputs.export.rows import of_year

TITLE = t("Budget tables and performance forms")

_READING = (
    (
        t("headings"),
        t(
            "Row 1 holds names for people, row 2 those in the dataset, which the sheet “columns” explains. The source, "
            "the page that a row was read from, and the name of the project help reading; they are not columns of the "
            "table."
        ),
    ),
    (
        t("languages"),
        t("Of a text that the dataset has in Chinese and in English this workbook has one; csv files have both."),
    ),
    (
        t("cells"),
        t(
            "No cell is a formula. Amounts and scores are numbers, targets are text as printed. Empty: nothing is "
            "printed."
        ),
    ),
    (t("codes"), t("Columns of agreed values hold codes; the sheet “codes” has the Chinese name of each.")),
    (t("scope"), t("Never add lifetime_ amounts (the whole project) to annual_ ones (one year).")),
    (
        t("budget tables"),
        t(
            "A row of budget_lines is one printed number. To add up, take the rows of one column of one table whose "
            "is_leaf is TRUE: totals, subtotals and upper levels repeat them, and other columns and tables repeat the "
            "same money."
        ),
    ),
    (
        t("licence"),
        t(
            "The documents are published by the bodies that they name. No licence of the data is known: ask the "
            "publisher before you reuse them."
        ),
    ),
    (
        t("cite as"),
        t("Publisher, document, page; read by budget-forms (program version), dataset version as above."),
    ),
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that holds rows of a table."""

    name: str
    table: Table
    rows: int


@dataclass(frozen=True, slots=True)
class Line:
    """A label and a text, with a link to `sheet` where one is named."""

    label: Text
    text: Text
    sheet: str | None = None


def about_lines(
    connection: duckdb.DuckDBPyConnection, version: Text, year: int | None, sheets: Sequence[Sheet]
) -> Iterator[Line]:
    """The lines below the title."""
    yield Line(
        t("content"),
        t(
            "Budget tables and performance forms that Chinese public bodies publish in PDFs, read by a program; all "
            "amounts are in yuan."
        ),
    )
    yield Line(t("dataset"), version)
    [[programs]] = connection.execute(
        "SELECT string_agg(DISTINCT pipeline_version, ', ' ORDER BY pipeline_version) FROM documents"
    ).fetchall()
    yield Line(t("program"), known(f"budget-forms {programs or '–'}"))
    yield Line(t("fiscal year"), t("all") if year is None else known(str(year)))
    yield Line(t("documents"), _counted(connection, "documents", "status", year))
    yield Line(t("findings"), _counted(connection, "findings", "severity", year))
    for index, sheet in enumerate(sheets):
        yield Line(NOTHING if index else t("sheets"), _described(sheet), sheet.name)
    for label, text in _READING:
        yield Line(label, text)


def _described(sheet: Sheet) -> Text:
    return t(
        "{sheet}: {rows:,} rows. {meaning}",
        sheet=sheet.name,
        rows=sheet.rows,
        meaning=both(sheet.table.description, sheet.table.description_zh),
    )


def _counted(connection: duckdb.DuckDBPyConnection, table: str, column: str, year: int | None) -> Text:
    """The number of rows for each code of a column, in the order of the schema."""
    rows = connection.execute(f"SELECT {column}, count(*) FROM {table} t {of_year(table, year)} GROUP BY 1").fetchall()
    counts = dict(rows)
    known_codes = [code for code in load_schema().code_names(table, column) if code in counts]
    parts = [
        t("{name}: {count:,}", name=code_name(table, column, code), count=counts[code])
        for code in (*known_codes, *sorted(counts.keys() - set(known_codes)))
    ]
    return joined(SEMICOLON, parts) if parts else known("0")
