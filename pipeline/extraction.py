"""What reading one PDF yields: the seam between extraction and the dataset."""

from __future__ import annotations

from dataclasses import dataclass

Row = dict[str, object]
"""One row of a table: keys are column names of `schemas/tables.toml`, a missing key means null."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """All rows that one document adds to the dataset.

    `document` is its row of `documents`, without the columns that only landing knows: `file_name`, `source_path`,
    `source_url`, `superseded_by` and `first_seen_at`. `tables` holds the rows of `forms`, `funds`, `indicators`,
    `evidence`, `findings` and `regions`; a missing table has no rows.
    """

    document: Row
    tables: dict[str, list[Row]]
