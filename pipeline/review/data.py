"""Queries of the page: each request uses one version, the newest one."""

from __future__ import annotations

import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Literal

from pipeline.dataset.landing.ledger import read_ledger
from pipeline.dataset.store.versions import current_version, pin
from pipeline.dataset.views import named_rows, open_version
from pipeline.document.result import Row
from pipeline.errors import BudgetFormsError
from pipeline.messages import t

ON_A_PAGE = 50  # documents


class NotThere(BudgetFormsError):
    """There is no such document, form or page in the dataset, or its PDF is not there any more."""


class Changed(BudgetFormsError):
    """A person wants to correct a value that has changed since the page showed it."""


Show = Literal["all", "errors", "findings", "unreviewed", "not_ok", "corrected"]
Where = Literal["names", "forms", "pages"]

_LISTED = """
CREATE TABLE listed AS
SELECT document_id, source_path, publisher, region_name, fiscal_year, status, error_message, error_message_zh,
    page_count, form_count,
    coalesce(table_count, 0) AS table_count, coalesce(reviewed, 0) AS reviewed, coalesce(errors, 0) AS errors,
    coalesce(warnings, 0) AS warnings, coalesce(infos, 0) AS infos,
    lower(concat_ws(' ', source_path, publisher, region_name)) AS names
FROM documents
LEFT JOIN (SELECT document_id, count(*) FILTER (reviewed) AS reviewed FROM forms GROUP BY ALL) USING (document_id)
LEFT JOIN (SELECT document_id, count(*) AS table_count FROM budget_tables GROUP BY ALL) USING (document_id)
LEFT JOIN (SELECT document_id, count(*) FILTER (severity = 'error') AS errors,
    count(*) FILTER (severity = 'warning') AS warnings, count(*) FILTER (severity = 'info') AS infos
    FROM findings GROUP BY ALL) USING (document_id)
WHERE superseded_by IS NULL;
CREATE TABLE named AS
SELECT document_id, form_id, form_no, project_name, lower(concat_ws(' ', project_name, project_code, department,
    implementing_unit)) AS names FROM forms
"""
"""Tables in memory for lists: quick on tens of thousands of documents."""

_SHOWN: Mapping[Show, str] = {
    "all": "true",
    "errors": "errors > 0",
    "findings": "errors + warnings > 0",
    "unreviewed": "reviewed < form_count",
    "not_ok": "status <> 'ok'",
    "corrected": "list_contains($corrected, document_id)",
}

_CELLS = "array_to_string(list_transform(cells, lambda cell: cell.text), ' ')"
_MATCHING: Mapping[Where, Sequence[tuple[str, Sequence[str]]]] = {
    "names": (
        ("SELECT document_id, form_id FROM named", ["names"]),
        ("SELECT document_id, NULL AS form_id FROM listed", ["names"]),
    ),
    "forms": (
        ("SELECT form_id FROM forms", ["title", "annual_goal", "lifetime_goal"]),
        ("SELECT form_id FROM indicators", ["level2", "level3", "target", "actual", "deviation_reason", "remark"]),
        ("SELECT form_id FROM funds", ["label", "amount_text"]),
    ),
    "pages": (("SELECT document_id, NULL AS form_id FROM regions", ["regions.text", _CELLS]),),
}
"""Where a text is looked for: tables and their columns."""


def _matching(where: Where, text: str) -> str:
    """A query for the forms and documents that hold `$text`, whatever the case of its letters."""
    fold = "lower({})" if text.upper() != text.lower() else "{}"  # Chinese has no case, and most texts are Chinese
    found = [
        f"{select} WHERE {' OR '.join(f'contains({fold.format(column)}, $text)' for column in columns)}"
        for select, columns in _MATCHING[where]
    ]
    union = " UNION ".join(found)
    return f"SELECT document_id, form_id FROM ({union}) JOIN named USING (form_id)" if where == "forms" else union


@dataclass(frozen=True, slots=True)
class Search:
    """The documents to list. `where` says whether `text` is looked for in names, forms or whole pages."""

    text: str = ""
    where: Where = "names"
    show: Show = "all"
    page: int = 1


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of the list: `rows` of all `count`, each with its matching forms."""

    rows: tuple[Row, ...]
    count: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.count // ON_A_PAGE))


@dataclass(frozen=True, slots=True)
class Shown:
    """A document with its rows, as they landed or as they will land: of all its forms and tables, or of one."""

    document: Row
    tables: Mapping[str, Sequence[Row]]

    def rows(self, table: str, form_id: str) -> list[Row]:
        """The rows of one form."""
        return [row for row in self.tables[table] if row["form_id"] == form_id]

    def table(self, table_id: str) -> Row:
        """A row of `budget_tables`. Raises `NotThere`."""
        for row in self.tables["budget_tables"]:
            if row["table_id"] == table_id:
                return row
        raise NotThere("review.table", t("there is no budget table {table_id} any more", table_id=table_id))

    def lines(self, table_id: str) -> list[Row]:
        """The numbers of one budget table."""
        return [row for row in self.tables["budget_lines"] if row["table_id"] == table_id]

    def form(self, form_id: str) -> Row:
        """A row of `forms`. Raises `NotThere`."""
        for row in self.tables["forms"]:
            if row["form_id"] == form_id:
                return row
        raise NotThere("review.form", t("there is no form {form_id} any more", form_id=form_id))


class Snapshot:
    """One version of the dataset, which stays for as long as this does."""

    def __init__(self, out: Path) -> None:
        self.version, release = pin(out)
        self._connection = open_version(self.version)
        weakref.finalize(self._connection, release)
        self._connection.execute(_LISTED)
        self.applied = {e.summary.document_id: e.summary.corrections for e in read_ledger(out).values()}
        """The digest of the corrections that each document landed with."""

    def listing(self, search: Search, corrected: Sequence[str]) -> Listing:
        """The documents that are searched for, by path; `corrected` are those with corrections."""
        conditions, values = [_SHOWN[search.show]], dict[str, object]()
        if search.show == "corrected":
            values["corrected"] = list(corrected)
        cursor = self._connection.cursor()
        if search.text:
            matching = _matching(search.where, search.text)
            cursor.execute(f"CREATE OR REPLACE TEMP TABLE matching AS {matching}", {"text": search.text.lower()})
            conditions.append("document_id IN (SELECT document_id FROM matching)")
        selected = f"SELECT *, count(*) OVER () AS total FROM listed WHERE {' AND '.join(conditions)}"
        paged = f"{selected} ORDER BY source_path LIMIT {ON_A_PAGE} OFFSET {(search.page - 1) * ON_A_PAGE}"
        rows = list(named_rows(cursor.execute(paged, values)))
        if search.text and search.where != "pages":
            found = cursor.execute(
                "SELECT named.document_id, form_id, form_no, project_name FROM matching JOIN named USING (form_id) "
                "WHERE list_contains(?, named.document_id) ORDER BY form_id",
                [[row["document_id"] for row in rows]],
            )
            matches = list(named_rows(found))
            for row in rows:
                row["matches"] = [m for m in matches if m["document_id"] == row["document_id"]]
        return Listing(tuple(rows), int(str(rows[0]["total"])) if rows else 0)

    def document(self, document_id: str) -> Row:
        """A row of `documents`. Raises `NotThere`."""
        found = self._query("SELECT * FROM documents WHERE document_id = ?", document_id)
        if not found:
            raise NotThere(
                "review.document", t("there is no document {document_id} in the dataset", document_id=document_id)
            )
        return found[0]

    def shown(self, document_id: str, form_id: str | None = None, table_id: str | None = None) -> Shown:
        """A document with its forms, tables and findings, and all rows of one form or table. Raises `NotThere`."""
        document, first = self.document(document_id), document_id[:12]
        forms = "SELECT * FROM forms WHERE form_id BETWEEN ? AND ? ORDER BY form_no"
        tables = "SELECT * FROM budget_tables WHERE document_id = ? ORDER BY table_no"
        rows = {table: list[Row]() for table in (*_ORDER, "budget_lines")}
        rows["budget_tables"] = self._query(tables, document_id)
        if form_id is not None:
            for table, order in _ORDER.items():
                rows[table] = self._query(f'SELECT * FROM "{table}" WHERE form_id = ? ORDER BY {order}', form_id)
        if table_id is not None:
            rows["budget_lines"] = self._query(
                "SELECT * FROM budget_lines WHERE table_id = ? ORDER BY line_no", table_id
            )
        findings = self._query("SELECT * FROM findings WHERE document_id = ? ORDER BY finding_no", document_id)
        rows |= {"forms": self._query(forms, f"{first}-", f"{first}-~"), "findings": findings}
        return Shown(document, rows)

    def document_of(self, owner: str) -> str:
        """The document that a form or a budget table stands in, by its id. Raises `NotThere`."""
        for row in self._query("SELECT document_id FROM listed WHERE starts_with(document_id, ?)", owner[:12]):
            return str(row["document_id"])
        raise NotThere("review.form", t("there is no form or table {owner} in the dataset", owner=owner))

    def _query(self, sql: str, *values: object) -> list[Row]:
        return list(named_rows(self._connection.cursor().execute(sql, list(values))))


_ORDER = {
    "funds": "line_no",
    "indicators": "indicator_no",
    "tasks": "task_no",
    "other_values": "value_no",
    "evidence": '"table", row_no, field, part_no',
}


class Dataset:
    """The newest version of the dataset at `out`; threads may use it."""

    def __init__(self, out: Path) -> None:
        self._out, self._lock = out, Lock()
        self._snapshot = Snapshot(out)

    def snapshot(self) -> Snapshot:
        """The current version, whatever lands while it is used. Raises `DatasetError` when there is none any more."""
        with self._lock:
            if current_version(self._out) != self._snapshot.version:
                self._snapshot = Snapshot(self._out)
            return self._snapshot
