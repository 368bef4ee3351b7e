"""A change report as Markdown, for a file (whole) or for Prefect's user interface (its beginning)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pipeline.outputs.changes.model import ChangeReport, Compared, Difference, Document, LabelGroup, Totals
from pipeline.outputs.changes.text_diff import old_and_new
from pipeline.text import markdown_cell

_LABELS_HEAD = ("text", "kind", "forms", "times", "values", "layouts", "examples")


def as_line(report: ChangeReport) -> str:
    """The report in one line."""
    if report.lost:
        return f"version {report.number}; the version before is not there any more, so nothing was compared"
    values = sum(len(c.comparison.values) for c in report.replaced)
    return (
        f"version {report.number}: documents: {len(report.added)} added, "
        f"{f'{len(report.removed)} removed, ' if report.removed else ''}{len(report.replaced)} superseded, "
        f"{len(report.read_differently)} read differently; {values} values changed in superseded documents; "
        f"forms: {_before_now(report, 'forms')}; indicators: {_before_now(report, 'indicators')}"
    )


def as_markdown(report: ChangeReport, limit: int | None = None, whole: Path | None = None) -> str:
    """The report with at most `limit` rows per table; `whole` is the file with all rows."""
    return "\n".join(_lines(report, _Limit(limit, whole)))


def labels_as_markdown(groups: Sequence[LabelGroup], limit: int | None = None) -> str:
    """The table of labels and texts that no dictionary knows."""
    return "\n".join(_labels(groups, _Limit(limit, None)))


class _Limit:
    def __init__(self, rows: int | None, whole: Path | None) -> None:
        self._rows, self._whole = rows, whole

    def table(self, head: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
        """A table, the number of rows left out, and an empty line."""
        yield _row(head)
        yield _row(["---"] * len(head))
        yield from (_row(row) for row in rows[: self._rows])
        if left := len(rows[self._rows :]) if self._rows is not None else 0:
            yield ""
            yield f"{left} more{f': see {self._whole}' if self._whole else ''}"
        yield ""


def _lines(report: ChangeReport, limit: _Limit) -> Iterator[str]:
    yield f"# Changes in version {report.number} of the dataset"
    yield ""
    if report.lost:
        yield (
            f"Version {report.number - 1} is not there any more, so nothing could be compared: the rest is about "
            f"version {report.number} alone."
        )
        yield ""
    yield from limit.table(
        ("", "before", "now"),
        [
            (name, getattr(report.before, name) if report.before else "–", getattr(report.now, name))
            for name in Totals.__slots__
        ],
    )
    if not report.lost:
        yield from _added(report.added, limit)
        if report.removed:
            yield from _section("Documents removed", len(report.removed))
            yield from _with_forms(report.removed, limit)
        yield from _superseded(report.replaced, limit)
        yield from _differently(report.read_differently, limit)
    yield from _section("Not read, or not whole", len(report.not_ok))
    if report.not_ok:
        yield from limit.table(
            ("document", "status", "reason"),
            [
                (d.source_path, d.status, f"{d.error_message or 'see its findings'} ({d.error_code or '–'})")
                for d in report.not_ok
            ],
        )
    yield from _section("Texts that no dictionary knows", len(report.labels))
    if report.labels:
        where = "In all documents" if report.lost else "In the documents that this version read"
        yield (
            f"{where}, ordered by the forms they cost; `values` are unread texts beside or below, which a meaning "
            "for the text would explain."
        )
        yield ""
        yield from _labels(report.labels, limit)


def _section(title: str, count: int) -> Iterator[str]:
    yield f"## {title}: {count or 'none'}"
    yield ""


def _added(documents: Sequence[Document], limit: _Limit) -> Iterator[str]:
    yield from _section("Documents added", len(documents))
    if documents:
        yield from _with_forms(documents, limit)


def _with_forms(documents: Sequence[Document], limit: _Limit) -> Iterator[str]:
    yield f"With {sum(d.forms for d in documents)} forms."
    yield ""
    yield from limit.table(
        ("document", "publisher", "year", "status", "forms"),
        [(d.source_path, d.publisher or "–", d.fiscal_year or "–", d.status, d.forms) for d in documents],
    )


def _superseded(replaced: Sequence[Compared], limit: _Limit) -> Iterator[str]:
    yield from _section("Documents superseded", len(replaced))
    if replaced:
        yield from limit.table(
            ("document", "old", "new", "forms", "new forms", "forms gone", "values changed"),
            [
                (
                    c.new.source_path,
                    c.old.document_id[:12],
                    c.new.document_id[:12],
                    f"{c.old.forms} → {c.new.forms}",
                    len(c.comparison.forms_added),
                    len(c.comparison.forms_gone),
                    len(c.comparison.values),
                )
                for c in replaced
            ],
        )
        yield from _comparisons(replaced, limit)


def _differently(compared: Sequence[Compared], limit: _Limit) -> Iterator[str]:
    yield from _section("Documents read differently", len(compared))
    if compared:
        yield "The files are the same; the program, its dictionaries, corrections, catalogue or paths have changed."
        yield ""
        head = ("document", "publisher", "year", "status", "forms", "new forms", "forms gone", "values changed")
        yield from limit.table(
            head,
            [
                (
                    *(
                        _arrow(getattr(c.old, name) or "–", getattr(c.new, name) or "–")
                        for name in ("source_path", "publisher", "fiscal_year", "status")
                    ),
                    _arrow(c.old.forms, c.new.forms),
                    len(c.comparison.forms_added),
                    len(c.comparison.forms_gone),
                    len(c.comparison.values),
                )
                for c in compared
            ],
        )
        yield from _comparisons(compared, limit)


def _comparisons(compared: Sequence[Compared], limit: _Limit) -> Iterator[str]:
    """A table of forms added and gone, one of budget tables, then a table of changed values, of all documents."""
    for named, changes in (("form", _forms), ("budget table", _tables)):
        rows = [
            (c.new.source_path, what, one.form, _kind(one))
            for c in compared
            for what, found in zip(("new", "gone"), changes(c), strict=True)
            for one in found
        ]
        if rows:
            yield from limit.table(("document", "", named, "kind"), rows)
    values = [
        (
            c.new.source_path,
            one.form,
            " ".join(filter(None, (one.row, one.column or f"({'gone' if one.change == 'gone' else 'new'})"))),
            *old_and_new(one),
        )
        for c in compared
        for one in c.comparison.values
    ]
    if values:
        yield from limit.table(("document", "form", "value", "old", "new"), values)


def _forms(compared: Compared) -> tuple[Sequence[Difference], Sequence[Difference]]:
    return compared.comparison.forms_added, compared.comparison.forms_gone


def _tables(compared: Compared) -> tuple[Sequence[Difference], Sequence[Difference]]:
    return compared.comparison.tables_added, compared.comparison.tables_gone


def _kind(owner: Difference) -> object:
    row = owner.old or owner.new
    return row.get("form_kind", row.get("kind")) if isinstance(row, dict) else None


def _labels(groups: Sequence[LabelGroup], limit: _Limit) -> Iterator[str]:
    yield from limit.table(
        _LABELS_HEAD,
        [
            (
                group.text,
                "label" if group.known_as_label else "text",
                group.forms,
                group.times,
                group.values,
                ", ".join(group.layouts),
                ", ".join(f"{place.source_path} p. {place.page}" for place in group.examples),
            )
            for group in groups
        ],
    )


def _arrow(old: object, new: object) -> str:
    return str(new) if old == new else f"{old} → {new}"


def _before_now(report: ChangeReport, name: str) -> str:
    now: int = getattr(report.now, name)
    return f"{getattr(report.before, name)} → {now}" if report.before else str(now)


def _row(cells: Iterable[object]) -> str:
    return "| " + " | ".join(markdown_cell(str(cell)) for cell in cells) + " |"
