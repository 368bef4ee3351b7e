"""`budget-forms export`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from pipeline.cli.options import Out, Raw, Tables, Year, make_settings


def export(
    dest: Annotated[Path, typer.Argument(help="File (xlsx) or folder (csv) to write or replace.")],
    format: Annotated[
        Literal["xlsx", "csv"], typer.Option(help="xlsx: one workbook, a sheet a table. csv: a folder, a file a table.")
    ],
    out: Out = None,
    table: Tables = None,
    year: Year = None,
    raw: Raw = None,
) -> None:
    """Writes the dataset for people who use a spreadsheet."""
    from pipeline.dataset.store.versions import pinned
    from pipeline.dataset.views import open_version
    from pipeline.outputs.export.csv_files import csv_names, write_csv_files
    from pipeline.outputs.export.files import new_file, new_folder
    from pipeline.outputs.export.links import Links
    from pipeline.outputs.export.rows import select
    from pipeline.outputs.export.workbook import write_workbook

    settings = make_settings(out=out, raw=raw, year=year)
    selection = select(table or (), settings.year)
    with pinned(settings.out) as version, open_version(version) as connection:
        if format == "csv":
            with new_folder(dest, "DEST", csv_names()) as folder:
                write_csv_files(connection, folder, selection)
        else:
            with new_file(dest, "DEST") as file:
                name = f"版本 version {version.number}"
                links = Links(dest.parent, settings.raw)
                write_workbook(connection, file, selection, name, links)
                _report_missing(links.missing, settings.raw)
    print(f"{dest}: {', '.join(selection.tables)}")


def _report_missing(documents: int, raw: Path) -> None:
    if documents:
        print(
            f"{documents} documents have no link: they have no address on the web, and their PDFs are not below {raw}; "
            "name their folder (--raw)",
            file=sys.stderr,
        )
