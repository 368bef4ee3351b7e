"""`budget-forms export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from pipeline.cli.options import Lang, Out, Raw, Tables, Year, make_settings
from pipeline.cli.printing import note
from pipeline.errors import UsageError
from pipeline.language import language_of
from pipeline.messages import t, tn

Format = Literal["xlsx", "csv"]

OTHER_FILES = (".csv", ".tsv", ".txt", ".xls", ".xlsm", ".ods", ".json", ".jsonl", ".parquet", ".html", ".pdf", ".zip")
"""Endings of files that an export does not write."""


def export(
    dest: Annotated[Path, typer.Argument(metavar="DEST", help=t("File (xlsx) or folder (csv) to write or replace."))],
    format: Annotated[
        Format | None,
        typer.Option(
            help=t(
                "xlsx: one workbook, a sheet a table. csv: a folder, a file a table.  \\[default: "
                "xlsx for a name that ends so, else csv]"
            )
        ),
    ] = None,
    out: Out = None,
    table: Tables = None,
    year: Year = None,
    raw: Raw = None,
    lang: Lang = None,
) -> None:
    """Writes the dataset for people who use a spreadsheet."""
    from pipeline.dataset.store.versions import pinned
    from pipeline.dataset.views import open_version
    from pipeline.outputs.export.csv_files import csv_names, write_csv_files
    from pipeline.outputs.export.files import new_file, new_folder
    from pipeline.outputs.export.links import Links
    from pipeline.outputs.export.rows import select
    from pipeline.outputs.export.workbook import write_workbook

    format = _format(dest, format)
    settings = make_settings(out=out, raw=raw, year=year)
    selection = select(table or (), settings.year)
    with pinned(settings.out) as version, open_version(version) as connection:
        if format == "csv":
            with new_folder(dest, "DEST", csv_names()) as folder:
                write_csv_files(connection, folder, selection)
        else:
            with new_file(dest, "DEST") as file:
                name = t("version {number}", number=version.number)
                links = Links(dest.parent, settings.raw)
                write_workbook(connection, file, selection, name, links, language_of(lang))
                _report_missing(links.missing, settings.raw)
    print(f"{dest}: {', '.join(selection.tables)}")


def _format(dest: Path, format: Format | None) -> Format:
    """The format that the ending of `dest` means. Raises `UsageError` when the option contradicts it."""
    ending = dest.suffix.lower()
    if ending in OTHER_FILES and not dest.is_dir():
        raise UsageError(
            "usage.format",
            t(
                "{dest} is no workbook (.xlsx) and no folder: for csv name a folder, a file a table; "
                "one table or answer as a file: budget-forms query --output",
                dest=dest,
            ),
        )
    if format == "csv" and ending == ".xlsx":
        raise UsageError(
            "usage.format", t("--format csv writes a folder, and {dest} is the name of a workbook", dest=dest)
        )
    if format == "xlsx" and ending != ".xlsx":
        raise UsageError("usage.format", t("--format xlsx writes a workbook: give {dest} the ending .xlsx", dest=dest))
    return "xlsx" if ending == ".xlsx" else "csv"


def _report_missing(documents: int, raw: Path) -> None:
    if documents:
        note(
            tn(
                "{count} document has no link: it has no address on the web, and its PDF is not below {raw}; "
                "name its folder (--raw)",
                "{count} documents have no link: they have no address on the web, and their PDFs are not below {raw}; "
                "name their folder (--raw)",
                documents,
                raw=raw,
            )
        )
