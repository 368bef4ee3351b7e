"""What tests of corrections share: making them from the rows that a person sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.document.corrections.fields import NUMBERS, name_of, seen, text_of, texts_of
from pipeline.document.corrections.model import AddRow, AnyCorrection, Merge, RemoveRow, Reviewed, Split, Value
from pipeline.document.result import DocumentResult, Row
from pipeline.run.read_document import read_document

WHEN = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Corrects what an extraction shows, form by form."""

    shown: DocumentResult
    why: str = "misread"

    def value(self, form_no: int, table: str, row: int, field: str, value: str | None) -> Value:
        found = self._row(form_no, table, row)
        return Value(
            **self._form(form_no),
            table=table,  # type: ignore[arg-type]
            row=row,
            row_name=name_of(table, found) if row else None,
            field=field,
            read=text_of(table, found, field),
            value=value,
        )

    def add(self, form_no: int, after: int, **values: str) -> AddRow:
        form = self._row(form_no, "forms", 0)
        name = name_of("indicators", self._row(form_no, "indicators", after)) if after else None
        page: Any = form["page_first"]
        return AddRow(
            **self._form(form_no), table="indicators", after=after, after_name=name, row_page=page, values=values
        )

    def remove(self, form_no: int, table: str, row: int) -> RemoveRow:
        found = self._row(form_no, table, row)
        return RemoveRow(
            **self._form(form_no),
            table=table,  # type: ignore[arg-type]
            row=row,
            row_name=name_of(table, found),
            read=texts_of(table, found),
        )

    def split(self, form_no: int, fund: int, indicator: int) -> Split:
        names = {
            f"{table[:-1]}_name": name_of(table, self._row(form_no, table, number))
            for table, number in (("funds", fund), ("indicators", indicator))
            if number
        }
        return Split(**self._form(form_no), fund=fund, indicator=indicator, **names)  # type: ignore[arg-type]

    def merge(self, form_no: int) -> Merge:
        rest = self._row(form_no + 1, "forms", 0)
        page: Any = rest["page_first"]
        return Merge(**self._form(form_no), next_page=page, next_name=name_of("forms", rest))

    def reviewed(self, form_no: int) -> Reviewed:
        form = self._row(form_no, "forms", 0)
        return Reviewed(
            **self._form(form_no), read=seen(form, self._rows(form, "funds"), self._rows(form, "indicators"))
        )

    def _form(self, form_no: int) -> dict[str, Any]:
        form = self._row(form_no, "forms", 0)
        who = {"who": "王芳", "when": WHEN, "why": self.why}
        return {"form": form_no, "page": form["page_first"], "name": name_of("forms", form), **who}

    def _rows(self, form: Row, table: str) -> list[Row]:
        return [row for row in self.shown.tables[table] if row["form_id"] == form["form_id"]]

    def _row(self, form_no: int, table: str, number: int) -> Row:
        form = self.shown.tables["forms"][form_no - 1]
        if table == "forms":
            return form
        return next(row for row in self._rows(form, table) if row[NUMBERS[table]] == number)


def read_again(path: Path, *corrections: AnyCorrection, reader: str = "mupdf") -> DocumentResult:
    """The PDF with corrections."""
    return read_document(path, reader, corrections=corrections)


def rules(extraction: DocumentResult) -> list[object]:
    """The rules of all findings."""
    return [finding["rule"] for finding in extraction.tables["findings"]]


def messages(extraction: DocumentResult, rule: str) -> Sequence[str]:
    """What the findings of a rule say."""
    return [str(finding["message"]) for finding in extraction.tables["findings"] if finding["rule"] == rule]
