"""Landing: documents become part of the dataset, all of their rows in all tables or none.

A new version is built beside the current one (see `versions`): partitions that a changed document has rows in are
written anew from their rows, one at a time; all other files are linked. The same documents give the same bytes,
whether they land in one run or in many.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from threading import Event
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dataset.contract import datapackage
from pipeline.dataset.contract.rows import in_order
from pipeline.dataset.contract.schema import PARTITION, Table, load_schema
from pipeline.dataset.errors import writing
from pipeline.dataset.landing.changes import Changes, Facts, Update, compare, without_documents
from pipeline.dataset.landing.ledger import ledger_of, write_ledger
from pipeline.dataset.landing.projects import FILLED, ProjectTables, derive_projects
from pipeline.dataset.landing.sources import Source
from pipeline.dataset.landing.staging import discard
from pipeline.dataset.store.model import Draft, Store, Version, part_name
from pipeline.dataset.store.parts import (
    EMPTY_YEAR,
    has_schema,
    merged,
    read_part,
    read_pieces,
    without,
    write_rows,
)
from pipeline.dataset.store.versions import pinned, store_of

DOCUMENTS = "documents"
FORMS = "forms"
BASIS = ("documents", "funds", "indicators", "budget_lines")
"""Tables by which projects are joined, beside the forms."""
THREADS = 2
TOGETHER = 256  # staged documents whose rows are in memory at a time
PROVENANCE = ("source_url", "publisher", "region_code", "region_name")


@dataclass(frozen=True, slots=True)
class Landing:
    """The result of landing: documents with new rows, replaced documents, files still to be read."""

    landed: frozenset[str]
    superseded: frozenset[str]
    missing: tuple[Source, ...]


def land(out: Path, changes: Changes) -> Landing:
    """Makes the next version of the dataset at `out`, or none when nothing has changed. Call it within `locked`.

    Raises `DatasetError` when `out` cannot be written; the current version is whole all the same.
    """
    store = store_of(out)
    with writing(out):
        previous = store.current()
        ledger = ledger_of(previous) if previous is not None else {}
        update = compare(out, ledger, changes)
        store.fix_links([*load_schema().tables, datapackage.FILE_NAME])
        if previous is None or update.staged or update.ledger != ledger:
            whole = any(entry.fingerprint != changes.fingerprint for entry in ledger.values())
            _build(store, previous, update, whole)
        discard(out, changes.fingerprint, update.staged.values())
        store.clean()
    return Landing(frozenset(update.staged), frozenset(update.gone), tuple(update.missing))


def remove(out: Path, documents: Set[str]) -> None:
    """Makes a version without some documents, given by their ids, and without any row of them.

    Call it within `locked`. Raises `DatasetError` when `out` cannot be written or nothing has landed there.
    """
    store = store_of(out)
    with writing(out), pinned(out) as previous:
        _build(store, previous, without_documents(ledger_of(previous), frozenset(documents)), whole=False)
        store.clean()


def _build(store: Store, previous: Version | None, update: Update, whole: bool) -> None:
    with store.draft(previous) as draft:
        _Build(draft, previous, update).run(whole)


@dataclass(frozen=True, slots=True)
class _Build:
    """Writes one version from the one before and an update. A partition is merged row group by row group, so that it
    need not fit into memory; rows of one that no changed document had or has rows in are not even read."""

    draft: Draft
    previous: Version | None
    update: Update
    stopped: Event = field(default_factory=Event)
    """Something has gone wrong: threads are not to go on."""

    def run(self, whole: bool) -> None:
        """`whole`: another version of the program made the derived rows, so none of them is kept."""
        schema = load_schema()
        apart = [table for table in schema.read.values() if table.name not in (*BASIS, FORMS)]
        with self._beside(apart):
            for name in BASIS:
                self._table(schema.tables[name])
            projects = derive_projects(self.draft, self.previous, self.update, whole)
            self._table(schema.tables[FORMS], projects)
            for table in schema.derived.values():
                self._derived(table, projects)
        parts = {table: [part_name(table, year) for year in self.draft.years(table)] for table in schema.tables}
        with self.draft.write(datapackage.FILE_NAME) as sink:
            sink.write(datapackage.datapackage(schema, parts).encode())
        write_ledger(self.draft, self.update.ledger.values())

    @contextmanager
    def _beside(self, tables: Iterable[Table]) -> Iterator[None]:
        """Brings tables over in threads while the block runs: most of the time goes to Arrow and the disk."""
        with ThreadPoolExecutor(THREADS) as pool:
            others = [pool.submit(self._table, table) for table in tables]
            try:
                yield
                for other in others:
                    other.result()
            except BaseException:
                self.stopped.set()
                raise

    def _table(self, table: Table, projects: ProjectTables | None = None) -> None:
        """Brings all partitions of a table over. `projects` fills the table of forms."""
        years = {year for staged in self.update.staged.values() for year in staged.years[table.name]}
        touched = self._touched(table, projects)
        for year in years | self._old_years(table):
            self._partition(table, year, projects, touched is None or year in touched)
        self._finish(table)

    def _derived(self, table: Table, projects: ProjectTables) -> None:
        """Writes the partitions of a derived table of which a row has changed, and takes over the others."""
        new = projects.rows[table.name]
        for year in set(new[PARTITION].unique().to_pylist()) | self._old_years(table):
            self._derived_partition(table, year, projects)
        self._finish(table)

    def _derived_partition(self, table: Table, year: int | None, projects: ProjectTables) -> None:
        old = self.previous.part(table.name, year) if self.previous is not None else None
        rows = _of_year(projects.rows[table.name], table, year).sort_by(table.sort_key[0])
        if old is None or not has_schema(old, table):
            self._write(table, year, [rows])
            return
        before = read_part(old, ["organ_key"])
        replaced = projects.replaces(before)
        if not pc.any(replaced).as_py() and not rows.num_rows:
            self.draft.keep(part_name(table.name, year), old)
            return
        if read_part(old).filter(replaced).equals(rows):
            self.draft.keep(part_name(table.name, year), old)
            return
        staying = (without(piece, projects.replaces(piece)) for piece in read_pieces(old))
        self._write(table, year, merged(staying, [rows], table.sort_key))

    def _old_years(self, table: Table) -> set[int | None]:
        return set(self.previous.years(table.name)) - {EMPTY_YEAR} if self.previous is not None else set()

    def _finish(self, table: Table) -> None:
        """A table without a known year gets an empty partition."""
        if not set(self.draft.years(table.name)) - {None}:
            old = self.previous.part(table.name, EMPTY_YEAR) if self.previous is not None else None
            if old is not None and has_schema(old, table):
                self.draft.keep(part_name(table.name, EMPTY_YEAR), old)
                return
            with self.draft.write(part_name(table.name, EMPTY_YEAR)) as sink:
                write_rows(sink, table.arrow_schema, [])

    def _write(self, table: Table, year: int | None, pieces: Iterable[Any]) -> None:
        """Writes a partition, unless no row is left in it."""
        filled = (piece for piece in pieces if piece.num_rows and self._goes_on())
        first = next(filled, None)
        if first is not None:
            with self.draft.write(part_name(table.name, year)) as sink:
                write_rows(sink, table.arrow_schema, chain([first], filled))

    def _goes_on(self) -> bool:
        if self.stopped.is_set():
            raise CancelledError
        return True

    def _partition(self, table: Table, year: int | None, projects: ProjectTables | None, touched: bool) -> None:
        """Brings one partition over; `touched`: rows of it may change."""
        old = self.previous.part(table.name, year) if self.previous is not None else None
        comes = [document for document, staged in self.update.staged.items() if year in staged.years[table.name]]
        changes = (
            comes or old is None or not has_schema(old, table) or (touched and self._changes(old, table, projects))
        )
        if old is not None and not changes:
            self.draft.keep(part_name(table.name, year), old)
            return
        staying = self._staying(old, table) if old is not None else iter(())
        coming = self._coming(comes, table, year)
        if table.name == DOCUMENTS:  # in the order of their paths, which may be others now
            rows = pa.concat_tables([table.arrow_schema.empty_table(), *staying, *coming])
            rows = _with_facts(rows, self.update.facts, self._first_seen())
            self._write(table, year, [in_order(rows, table.sort_key)])
            return
        pieces = merged(staying, coming, table.sort_key)
        self._write(table, year, map(projects.fill, pieces) if projects is not None else pieces)

    def _leaving(self, table: Table) -> Set[str]:
        return self.update.staged.keys() | (self.update.removed if table.name == DOCUMENTS else self.update.gone)

    def _changing(self, table: Table) -> Set[str]:
        """The documents of which rows in a table go or change."""
        return self.update.facts.keys() | self.update.removed if table.name == DOCUMENTS else self._leaving(table)

    def _touched(self, table: Table, projects: ProjectTables | None) -> Set[int | None] | None:
        """The partitions in which a row can change, by the ledger; None: any."""
        documents = self._changing(table)
        years = set(projects.years) if projects is not None else set()
        for document in documents:
            before = self.update.years_before.get(document, ())
            if before is None or (table.name == DOCUMENTS and not before):  # it may have been superseded once
                return None
            years |= set(before)
        return years

    def _changes(self, old: Path, table: Table, projects: ProjectTables | None) -> bool:
        """Whether a partition has rows that change."""
        if pc.any(_owned(read_part(old, [table.owner]), table, self._changing(table))).as_py():
            return True
        return projects is not None and projects.changes(read_part(old, ["form_id", *FILLED]))

    def _staying(self, old: Path, table: Table) -> Iterator[Any]:
        leaving = self._leaving(table)
        for rows in read_pieces(old):
            yield _conform(without(rows, _owned(rows, table, leaving)), table)

    def _coming(self, documents: list[str], table: Table, year: int | None) -> Iterator[Any]:
        """The rows of staged documents in the order of their digests, some documents at a time: all of them in order,
        because those of a document are, and the first column begins with its digest."""
        ordered = sorted(documents)
        for start in range(0, len(ordered), TOGETHER):
            staged = [self.update.staged[document] for document in ordered[start : start + TOGETHER]]
            rows = pa.concat_tables([one.rows(table.name) for one in staged])
            whole = all(one.years[table.name] == (year,) for one in staged)
            yield _conform(rows, table) if whole else _of_year(rows, table, year)

    def _first_seen(self) -> dict[str, int]:
        """For each changed document the microsecond when it was first seen, kept from the version before."""
        seen = {
            document: facts.first_seen_at * 10**6
            for document, facts in self.update.facts.items()
            if facts.first_seen_at is not None
        }
        changed = pa.array(list(self.update.facts), pa.string())
        for part in self.previous.parts(DOCUMENTS) if self.previous is not None else ():
            old = read_part(part, ["document_id", "first_seen_at"])
            old = old.filter(pc.is_in(old["document_id"], value_set=changed))
            for document, time in zip(old[0].to_pylist(), old[1].cast(pa.int64()).to_pylist(), strict=True):
                seen[document] = min(time, seen.get(document, time))
        return seen


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
    changed_facts = [facts[document] for document in documents]
    provenance = {
        name: [f.provenance.get(name, was) for f, was in zip(changed_facts, known[name].to_pylist(), strict=True)]
        for name in PROVENANCE
    }
    for name, values in {
        **provenance,
        "file_name": [f.file_name for f in changed_facts],
        "source_path": [f.source_path for f in changed_facts],
        "superseded_by": [f.superseded_by for f in changed_facts],
        "first_seen_at": [first_seen[d] for d in documents],
    }.items():
        column = rows.schema.get_field_index(name)
        known = known.set_column(column, rows.schema.field(column), pa.array(values, rows.schema.field(column).type))
    return pa.concat_tables([rows.filter(pc.invert(changed)), known])
