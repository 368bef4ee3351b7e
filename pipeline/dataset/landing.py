"""Landing: documents become part of the dataset, all of their rows in all tables or none.

A new version is built beside the current one (see `versions`): partitions that a changed document has rows in are
written anew from their rows, one at a time; all other files are linked. The same documents give the same bytes,
whether they land in one run or in many.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dataset import datapackage
from pipeline.dataset.changes import Changes, Facts, Update, compare
from pipeline.dataset.errors import writing
from pipeline.dataset.ledger import read_ledger, write_ledger
from pipeline.dataset.panel import FILLED, Panel, renew
from pipeline.dataset.parts import (
    EMPTY_YEAR,
    durable,
    has_schema,
    link_part,
    part_path,
    read_part,
    write_part,
    years_of,
)
from pipeline.dataset.schema import PARTITION, Table, load_schema
from pipeline.dataset.sources import Source
from pipeline.dataset.staging import Staged, discard
from pipeline.dataset.versions import clean, current_version, fix_links, new_version

DOCUMENTS = "documents"
FORMS = "forms"
PROVENANCE = ("source_url", "publisher", "region_code", "region_name")


@dataclass(frozen=True, slots=True)
class Landing:
    """What became of the changes: documents whose rows are new, documents replaced, files still to be read."""

    landed: frozenset[str]
    superseded: frozenset[str]
    missing: tuple[Source, ...]


def land(out: Path, changes: Changes) -> Landing:
    """Makes the next version of the dataset at `out`, or none when nothing has changed. Call it within `locked`.

    Raises `DatasetError` when `out` cannot be written; the current version is whole all the same.
    """
    with writing(out):
        previous, ledger = current_version(out), read_ledger(out)
        update = compare(out, ledger, changes)
        fix_links(out, [*load_schema().tables, datapackage.FILE_NAME])
        if previous is None or update.staged or update.ledger != ledger:
            whole = any(entry.fingerprint != changes.fingerprint for entry in ledger.values())
            with new_version(out) as version:
                _Build(version, previous, update).run(whole)
        discard(out, changes.fingerprint, update.staged.values())
        clean(out)
    return Landing(frozenset(update.staged), frozenset(update.gone), tuple(update.missing))


@dataclass(frozen=True, slots=True)
class _Build:
    """Writes one version from the one before and an update."""

    version: Path
    previous: Path | None
    update: Update

    def run(self, whole: bool) -> None:
        """`whole`: what is derived was made by another program, and nothing of it is taken over."""
        schema = load_schema()
        written = {name: self._table(table) for name, table in schema.read.items() if name != FORMS}
        panel = renew(self.version, self.previous, self.update, whole)
        written[FORMS] = self._table(schema.tables[FORMS], panel)
        written |= {name: self._derived(table, panel) for name, table in schema.derived.items()}
        parts = {name: [part.relative_to(self.version).as_posix() for part in written[name]] for name in schema.tables}
        with durable(self.version / datapackage.FILE_NAME) as sink:
            sink.write(datapackage.datapackage(schema, parts).encode())
        write_ledger(self.version, self.update.ledger.values())

    def _table(self, table: Table, panel: Panel | None = None) -> list[Path]:
        """Brings all partitions of a table over; returns their files. `panel` fills the table of forms."""
        years = {year for staged in self.update.staged.values() for year in staged.years[table.name]}
        if self.previous is not None:
            years |= set(years_of(self.previous, table.name)) - {EMPTY_YEAR}
        return self._parts(table, {year for year in years if self._partition(table, year, panel)})

    def _derived(self, table: Table, panel: Panel) -> list[Path]:
        """Writes the partitions of a derived table of which a row has changed; returns the files of all."""
        new = panel.rows[table.name]
        years = set(new[PARTITION].unique().to_pylist())
        if self.previous is not None:
            years |= set(years_of(self.previous, table.name)) - {EMPTY_YEAR}
        return self._parts(table, {year for year in years if self._derived_partition(table, year, panel)})

    def _derived_partition(self, table: Table, year: int | None, panel: Panel) -> bool:
        part, old = part_path(self.version, table.name, year), self._old_part(table, year)
        rows = _of_year(panel.rows[table.name], table, year)
        if old is not None and has_schema(old, table):
            before = read_part(old)
            replaced = panel.replaces(before)
            if before.filter(replaced).equals(rows.sort_by(table.sort_key[0])):
                link_part(old, part)
                return True
            rows = pa.concat_tables([before.filter(pc.invert(replaced)), rows])
        if rows.num_rows:
            write_part(part, rows, table.sort_key)
        return bool(rows.num_rows)

    def _parts(self, table: Table, years: set[int | None]) -> list[Path]:
        """The files of a table; a table without a known year gets an empty one."""
        if not years - {None}:
            years = years | {EMPTY_YEAR}
            empty = table.arrow_schema.empty_table()
            write_part(part_path(self.version, table.name, EMPTY_YEAR), empty, table.sort_key)
        return [part_path(self.version, table.name, year) for year in years]

    def _partition(self, table: Table, year: int | None, panel: Panel | None) -> bool:
        """Brings one partition over; False when no row is left in it."""
        new = part_path(self.version, table.name, year)
        pieces = [
            _coming(staged, table, year) for staged in self.update.staged.values() if year in staged.years[table.name]
        ]
        if old := self._old_part(table, year):
            if not pieces and has_schema(old, table) and not self._touches(old, table, panel):
                link_part(old, new)
                return True
            pieces.append(self._staying(old, table))
        rows = pa.concat_tables(pieces)
        if table.name == DOCUMENTS:
            rows = _with_facts(rows, self.update.facts, self._first_seen())
        if panel is not None:
            rows = panel.fill(rows)
        if rows.num_rows:
            write_part(new, rows, table.sort_key)
        return bool(rows.num_rows)

    def _old_part(self, table: Table, year: int | None) -> Path | None:
        if self.previous is None or not (part := part_path(self.previous, table.name, year)).exists():
            return None
        return part

    def _leaving(self, table: Table) -> Set[str]:
        return self.update.staged.keys() | (set() if table.name == DOCUMENTS else self.update.gone)

    def _touches(self, old: Path, table: Table, panel: Panel | None) -> bool:
        changed = self.update.facts.keys() if table.name == DOCUMENTS else self._leaving(table)
        if pc.any(_owned(read_part(old, [table.owner]), table, changed)).as_py():
            return True
        return panel is not None and panel.changes(read_part(old, ["form_id", *FILLED]))

    def _staying(self, old: Path, table: Table) -> Any:
        rows = read_part(old)
        return _conform(rows.filter(pc.invert(_owned(rows, table, self._leaving(table)))), table)

    def _first_seen(self) -> dict[str, int]:
        """For each changed document the microsecond when it was first seen, kept from the version before."""
        seen = {
            document: facts.first_seen_at * 10**6
            for document, facts in self.update.facts.items()
            if facts.first_seen_at is not None
        }
        table = load_schema().tables[DOCUMENTS]
        for year in years_of(self.previous, DOCUMENTS) if self.previous is not None else ():
            if part := self._old_part(table, year):
                old = read_part(part, ["document_id", "first_seen_at"])
                for document, time in zip(old[0].to_pylist(), old[1].cast(pa.int64()).to_pylist(), strict=True):
                    seen[document] = min(time, seen.get(document, time))
        return seen


def _coming(staged: Staged, table: Table, year: int | None) -> Any:
    return _of_year(staged.rows(table.name), table, year)


def _of_year(rows: Any, table: Table, year: int | None) -> Any:
    """The rows of one partition, without the column that is in its path."""
    here = pc.is_null(rows[PARTITION]) if year is None else pc.equal(rows[PARTITION], year)
    return _conform(rows.filter(here), table)


def _owned(rows: Any, table: Table, documents: Set[str]) -> Any:
    """Which rows belong to one of the documents."""
    owners = pa.array([document[:12] for document in documents], pa.string())
    return pc.is_in(pc.utf8_slice_codeunits(rows[table.owner], 0, 12), value_set=owners)


def _conform(rows: Any, table: Table) -> Any:
    """The rows in the columns of today's schema: columns that are new to them are null, those given up are dropped."""
    columns = [
        rows[field.name].cast(field.type) if field.name in rows.column_names else pa.nulls(rows.num_rows, field.type)
        for field in table.arrow_schema
    ]
    return pa.table(columns, schema=table.arrow_schema)


def _with_facts(rows: Any, facts: Mapping[str, Facts], first_seen: Mapping[str, int]) -> Any:
    """Rows of `documents` with the columns that follow from the paths and the catalogue."""
    changed = pc.is_in(rows["document_id"], value_set=pa.array(list(facts), pa.string()))
    known = rows.filter(changed)
    documents = known["document_id"].to_pylist()
    told = [facts[document] for document in documents]
    provenance = {
        name: [f.provenance.get(name, was) for f, was in zip(told, known[name].to_pylist(), strict=True)]
        for name in PROVENANCE
    }
    for name, values in {
        **provenance,
        "file_name": [f.file_name for f in told],
        "source_path": [f.source_path for f in told],
        "superseded_by": [f.superseded_by for f in told],
        "first_seen_at": [first_seen[d] for d in documents],
    }.items():
        column = rows.schema.get_field_index(name)
        known = known.set_column(column, rows.schema.field(column), pa.array(values, rows.schema.field(column).type))
    return pa.concat_tables([rows.filter(pc.invert(changed)), known])
