"""Where any two versions differ, row by row and value by value, for `budget-forms diff`.

Documents are paired first, then their forms, then what belongs to each form. So a row that is only numbered
differently, because a form before it has come or gone, is the same row. Memory holds one pair of documents at a time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TypeVar

import duckdb

from pipeline.dataset.contract.schema import PARTITION, load_schema
from pipeline.dataset.landing.projects import FILLED
from pipeline.document.result import Row
from pipeline.outputs.changes.matching import Matched, by, match, match_forms, match_funds, match_indicators
from pipeline.outputs.changes.model import Difference, FormRows
from pipeline.outputs.changes.pairing import DocumentPair, pair_documents
from pipeline.outputs.changes.values import fund_name, indicator_name, name_of
from pipeline.outputs.changes.versions import Version, number_pairs, read_differently, rows_apart, shared_columns

K = TypeVar("K")
Sides = tuple[list[Row], list[Row]]
"""Rows of the old and of the new version."""

IDENTITY = ("document_id", "form_id", "form_no")
"""Columns that tell which row it is, besides the primary key; they are in the keys of a difference."""

UNTOLD = ("pipeline_version", "first_seen_at")
"""Columns that tell how and when a document was read, not what it says."""

PLACES = ("page", "page_first", "page_last", "x0", "y0", "x1", "y1")
"""Columns that tell where something stands: compared in `MOVING` tables only, because a page that comes or goes moves
all that follows it."""
MOVING = ("evidence", "regions")

REFERENCES = ("duplicate_of", "linked_form_id", "form_ids")
"""Columns that name other forms: the same when they name the form that the old one has become."""

_ALONE = ("documents", "projects")  # their rows are few and are compared all at once
_ROW_OF = {"funds": "line_no", "indicators": "indicator_no"}  # what evidence calls row_no
_NAMES: dict[str, Callable[[Row], str]] = {
    "documents": lambda row: "",
    "forms": lambda row: "",
    "funds": fund_name,
    "indicators": indicator_name,
    "evidence": lambda row: f"{row['table']} {row['row_no']} {row['field']} part {row['part_no']}",
    "findings": lambda row: str(row["rule"]),
    "regions": lambda row: f"{row['kind']} (p. {row['page']})",
    "links": lambda row: "",
    "projects": lambda row: f"{row.get('project_name') or '(no name)'} {row.get('fiscal_year') or ''}".strip(),
}
_MATCHES: dict[str, Callable[[Sequence[Row], Sequence[Row]], Matched[Row]]] = {
    "forms": partial(match, keys=(lambda row: True,)),  # a form with the one it has become
    "links": partial(match, keys=(lambda row: True,)),
    "funds": match_funds,
    "indicators": match_indicators,
    "evidence": partial(match, keys=(by("table", "place", "field", "part_no"),)),
    "findings": partial(match, keys=(by("rule", "message"), by("rule", "page"), by("rule"))),
    "regions": partial(match, keys=(by("kind", "page", "text"), by("kind", "page"))),
}
"""How rows of one form (or of one document, outside of forms) find each other, the surest way first."""


class Differences:
    """The differences in `tables` between two versions, which must stay for as long as this is used.

    Documents come first, then what they hold, document by document in the order of their paths, then projects.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, old: Version, new: Version, tables: Collection[str]
    ) -> None:
        self._connection, self._old, self._new, self._tables = connection, old, new, tables
        self._held = [name for name in load_schema().tables if name in tables and name not in _ALONE]
        self._partner: dict[str, str | None] = {}
        """What each form of a changed document has become; None where it is gone."""
        self._years: Collection[int | None] = ()
        """The fiscal years in which changed documents have rows."""

    def __iter__(self) -> Iterator[Difference]:
        before, now = self._old.documents(), self._new.documents()
        apart_from = () if "forms" in self._tables else FILLED
        touched = read_differently(self._connection, self._old, self._new, ["forms", *self._held], apart_from)
        pairs = [pair for pair in pair_documents(before, now) if _differs(pair, touched)]
        number_pairs(self._connection, pairs)
        self._years = self._old.years_of_pairs() | self._new.years_of_pairs()
        for forms, indicators in zip(*(self._sides(name, len(pairs)) for name in ("forms", "indicators")), strict=True):
            self._find_partners(forms, indicators)
        if "documents" in self._tables:
            yield from self._documents([pair for pair in pairs if pair.old and pair.old.document_id not in now])
        if self._held:
            yield from self._contents(pairs)
        if "projects" in self._tables:
            yield from self._projects()

    def _find_partners(self, forms: Sides, indicators: Sides) -> None:
        old, new = (_with_indicators(*side) for side in zip(forms, indicators, strict=True))
        matched = match_forms(old, new)
        self._partner |= {str(rows.form["form_id"]): None for rows in matched.gone}
        self._partner |= {str(a.form["form_id"]): str(b.form["form_id"]) for a, b in matched.pairs}

    def _documents(self, replaced: Sequence[DocumentPair]) -> Iterator[Difference]:
        """`replaced` are the documents that the new version does not know even as superseded."""
        became = {pair.old.document_id: pair.new.document_id for pair in replaced if pair.old and pair.new}
        old, new = rows_apart(self._connection, self._old, self._new, "documents")
        before = {became.get(str(row["document_id"]), row["document_id"]): row for row in old}
        now = {row["document_id"]: row for row in new}
        for row, other in sorted(_joined(before, now), key=lambda pair: _path(pair[1] or pair[0])):
            yield from self._told("documents", row, other, _path(other or row), "")

    def _projects(self) -> Iterator[Difference]:
        old, new = rows_apart(self._connection, self._old, self._new, "projects")
        before, now = ({_key("projects", row) or "": row for row in rows} for rows in (old, new))
        for row, other in sorted(_joined(before, now), key=lambda pair: _key("projects", pair[1] or pair[0]) or ""):
            yield from self._told("projects", row, other, "", "")

    def _contents(self, pairs: Sequence[DocumentPair]) -> Iterator[Difference]:
        wanted = {"forms", *self._held, *(_ROW_OF if "evidence" in self._held else ())}
        needed = [name for name in load_schema().tables if name in wanted]
        for pair, *sides in zip(pairs, *(self._sides(name, len(pairs)) for name in needed), strict=True):
            yield from self._of_document(pair.source_path, dict(zip(needed, sides, strict=True)))

    def _of_document(self, path: str, tables: Mapping[str, Sides]) -> Iterator[Difference]:
        """The differences in the tables of one document; `tables` are in the order of the schema."""
        names = {
            form: str(name_of(rows[0])) for form, sides in self._by_form(tables["forms"]) for rows in sides if rows
        }
        place: dict[object, object] = {}  # of an old amount or indicator: its number in the new form
        for table, both in tables.items():
            for form, sides in self._by_form(both):
                matched = _match(table, sides, place)
                if number := _ROW_OF.get(table):
                    place |= {(a["form_id"], table, a[number]): b[number] for a, b in matched.pairs}
                    place |= {(row["form_id"], table, row[number]): None for row in matched.gone}
                if table in self._held:
                    for old, new in _all(matched):
                        yield from self._told(table, old, new, path, names.get(form, ""))

    def _by_form(self, sides: Sides) -> Iterable[tuple[object, Sides]]:
        """The rows of each form with those of the old form that became it; rows of gone forms stand alone."""
        groups: dict[object, Sides] = defaultdict(lambda: ([], []))
        for row in sides[1]:
            groups[row.get("form_id")][1].append(row)
        for row in sides[0]:
            form_id = row.get("form_id")
            became = self._partner.get(str(form_id), "")
            groups[("gone", form_id) if became is None else became or form_id][0].append(row)
        return groups.items()

    def _told(self, table: str, old: Row | None, new: Row | None, document: str, form: str) -> Iterator[Difference]:
        """The differences of one row."""
        columns = shared_columns(self._old, self._new, table)
        row = new or old
        assert row
        name, keys = _NAMES[table](row), (_key(table, old), _key(table, new))
        if old is None or new is None:
            before, now = ({column: side[column] for column in columns} if side else None for side in (old, new))
            yield Difference(table, "gone" if old else "added", document, form, name, None, before, now, *keys)
            return
        for column in columns:
            value = self._became(old[column]) if column in REFERENCES else old[column]
            if value != new[column] and column not in _untold(table):
                yield Difference(table, "changed", document, form, name, column, old[column], new[column], *keys)

    def _became(self, value: object) -> object:
        if isinstance(value, list):
            return sorted(self._partner.get(form_id, form_id) or form_id for form_id in value)
        return self._partner.get(str(value), value)

    def _sides(self, name: str, count: int) -> Iterator[Sides]:
        """The rows of a table in the old and in the new document of each pair, pair by pair."""
        streams = [version.paired(name, self._years) for version in (self._old, self._new)]
        waiting = [next(stream, None) for stream in streams]
        for number in range(count):
            sides: Sides = ([], [])
            for index, stream in enumerate(streams):
                if (head := waiting[index]) is not None and head[0] == number:
                    sides[index].extend(head[1])
                    waiting[index] = next(stream, None)
            yield sides


def _differs(pair: DocumentPair, touched: Collection[str]) -> bool:
    if pair.old is None or pair.new is None or pair.old.document_id != pair.new.document_id:
        return True
    return pair.new.document_id[:12] in touched


def _with_indicators(forms: Sequence[Row], indicators: Sequence[Row]) -> list[FormRows]:
    groups: dict[object, list[Row]] = defaultdict(list)
    for row in indicators:
        groups[row["form_id"]].append(row)
    return [FormRows(form, (), tuple(groups[form["form_id"]])) for form in forms]


def _match(table: str, sides: Sides, place: Mapping[object, object]) -> Matched[Row]:
    """Which row is which; evidence is told by the `place` of the row that it belongs to."""
    if table == "evidence":
        sides = _placed(sides[0], place), _placed(sides[1], {})
    return _MATCHES[table](*sides)


def _all(matched: Matched[Row]) -> Iterator[tuple[Row | None, Row | None]]:
    yield from matched.pairs
    yield from ((row, None) for row in matched.gone)
    yield from ((None, row) for row in matched.added)


def _placed(rows: Sequence[Row], place: Mapping[object, object]) -> list[Row]:
    """Rows of `evidence` with the number that the row they tell of has in the new form."""
    return [{**row, "place": place.get((row["form_id"], row["table"], row["row_no"]), row["row_no"])} for row in rows]


def _joined(old: Mapping[K, Row], new: Mapping[K, Row]) -> list[tuple[Row | None, Row | None]]:
    return [(old.get(key), new.get(key)) for key in dict.fromkeys((*old, *new))]


def _untold(table: str) -> Collection[str]:
    """Columns that are not compared in rows that are the same."""
    if table == "documents":
        return UNTOLD
    found = load_schema().tables[table]
    of_owner = (PARTITION,) if found.partition_of else ()
    return {*found.primary_key, *IDENTITY, *of_owner, *(() if table in MOVING else PLACES)}


def _key(table: str, row: Row | None) -> str | None:
    if row is None:
        return None
    return "/".join(str(row[column]) for column in load_schema().tables[table].primary_key)


def _path(row: Row | None) -> str:
    return str(row["source_path"]) if row else ""
