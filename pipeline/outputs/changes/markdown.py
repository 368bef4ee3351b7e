"""A change report as Markdown, for a file (whole) or for Prefect's user interface (its beginning)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pipeline.dataset.contract.names import code_name, name_for_people
from pipeline.language import Language, shown
from pipeline.messages import COMMA, Text, both, joined, t, tn
from pipeline.outputs.changes.model import ChangeReport, Compared, Difference, Document, LabelGroup, Totals
from pipeline.outputs.changes.text_diff import NEW, OLD, old_and_new
from pipeline.text import markdown_cell

_LABELS_HEAD = (t("text"), t("kind"), t("forms"), t("times"), t("values"), t("layouts"), t("examples"))
_CHANGED = (t("new forms"), t("forms gone"), t("values changed"))
_TOTALS = {
    "documents": t("documents"),
    "forms": t("forms"),
    "indicators": t("indicators"),
    "budget_tables": t("budget_tables"),
    "budget_lines": t("budget_lines"),
}


def as_line(report: ChangeReport) -> Text:
    """The report in one line."""
    version = t("version {number}", number=report.number)
    if report.lost:
        return t("{version}; the version before is not there any more, so nothing was compared", version=version)
    values = sum(len(c.comparison.values) for c in report.replaced)
    counts = [t("{count} added", count=len(report.added))]
    counts += [t("{count} removed", count=len(report.removed))] if report.removed else []
    counts += [
        t("{count} superseded", count=len(report.replaced)),
        t("{count} read differently", count=len(report.read_differently)),
    ]
    return t(
        "{version}: documents: {documents}; {values} values changed in superseded documents; forms: {forms}; "
        "indicators: {indicators}",
        version=version,
        documents=joined(COMMA, counts),
        values=values,
        forms=_before_now(report, "forms"),
        indicators=_before_now(report, "indicators"),
    )


def as_markdown(
    report: ChangeReport, language: Language = "en", limit: int | None = None, whole: Path | None = None
) -> str:
    """The report with at most `limit` rows per table; `whole` is the file with all rows."""
    return "\n".join(_lines(report, _Page(language, limit, whole)))


def labels_as_markdown(groups: Sequence[LabelGroup], language: Language = "en", limit: int | None = None) -> str:
    """The table of labels and texts that no dictionary knows."""
    return "\n".join(_labels(groups, _Page(language, limit, None)))


class _Page:
    """Writes in a language, with at most so many rows per table."""

    def __init__(self, language: Language, rows: int | None, whole: Path | None) -> None:
        self.language, self._rows, self._whole = language, rows, whole

    def say(self, text: Text) -> str:
        return shown(text, self.language)

    def section(self, title: Text, count: int) -> Iterator[str]:
        yield "## " + self.say(t("{title}: {count}", title=title, count=count or t("none")))
        yield ""

    def table(self, head: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
        """A table, the number of rows left out, and an empty line."""
        yield _row(self._cells(head))
        yield _row(["---"] * len(head))
        yield from (_row(self._cells(row)) for row in rows[: self._rows])
        if left := len(rows[self._rows :]) if self._rows is not None else 0:
            yield ""
            more = t("{count} more", count=left)
            yield self.say(t("{more}: see {path}", more=more, path=self._whole) if self._whole else more)
        yield ""

    def _cells(self, row: Sequence[object]) -> Iterator[str]:
        return (self.say(cell) if isinstance(cell, Text) else str(cell) for cell in row)


def _lines(report: ChangeReport, page: _Page) -> Iterator[str]:
    yield "# " + page.say(t("Changes in version {number} of the dataset", number=report.number))
    yield ""
    if report.lost:
        yield page.say(
            t(
                "Version {before} is not there any more, so nothing could be compared: the rest is about version {now} "
                "alone.",
                before=report.number - 1,
                now=report.number,
            )
        )
        yield ""
    yield from page.table(
        ("", t("before"), t("now")),
        [
            (_TOTALS[name], getattr(report.before, name) if report.before else "–", getattr(report.now, name))
            for name in Totals.__slots__
        ],
    )
    if not report.lost:
        yield from _added(report.added, page)
        if report.removed:
            yield from page.section(t("Documents removed"), len(report.removed))
            yield from _with_forms(report.removed, page)
        yield from _superseded(report.replaced, page)
        yield from _differently(report.read_differently, page)
    yield from page.section(t("Not read, or not whole"), len(report.not_ok))
    if report.not_ok:
        yield from page.table(
            (t("document"), t("status"), t("reason")),
            [
                (d.source_path, _status(d), t("{message} ({code})", message=_message(d), code=d.error_code or "–"))
                for d in report.not_ok
            ],
        )
    yield from page.section(t("Texts that no dictionary knows"), len(report.labels))
    if report.labels:
        where = t("In all documents") if report.lost else t("In the documents that this version read")
        yield page.say(
            t(
                "{where}, ordered by the forms they cost; values are unread texts beside or below, which a meaning for "
                "the text would explain.",
                where=where,
            )
        )
        yield ""
        yield from _labels(report.labels, page)


def _added(documents: Sequence[Document], page: _Page) -> Iterator[str]:
    yield from page.section(t("Documents added"), len(documents))
    if documents:
        yield from _with_forms(documents, page)


def _with_forms(documents: Sequence[Document], page: _Page) -> Iterator[str]:
    yield page.say(tn("With {count} form.", "With {count} forms.", sum(d.forms for d in documents)))
    yield ""
    yield from page.table(
        (t("document"), t("publisher"), t("year"), t("status"), t("forms")),
        [(d.source_path, d.publisher or "–", d.fiscal_year or "–", _status(d), d.forms) for d in documents],
    )


def _superseded(replaced: Sequence[Compared], page: _Page) -> Iterator[str]:
    yield from page.section(t("Documents superseded"), len(replaced))
    if replaced:
        yield from page.table(
            (t("document"), OLD, NEW, t("forms"), *_CHANGED),
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
        yield from _comparisons(replaced, page)


def _differently(compared: Sequence[Compared], page: _Page) -> Iterator[str]:
    yield from page.section(t("Documents read differently"), len(compared))
    if compared:
        yield page.say(
            t("The files are the same; the program, its dictionaries, corrections, catalogue or paths have changed.")
        )
        yield ""
        head = (t("document"), t("publisher"), t("year"), t("status"), t("forms"), *_CHANGED)
        yield from page.table(
            head,
            [
                (
                    *(
                        _arrow(getattr(c.old, name) or "–", getattr(c.new, name) or "–")
                        for name in ("source_path", "publisher", "fiscal_year")
                    ),
                    _arrow(_status(c.old), _status(c.new)),
                    _arrow(c.old.forms, c.new.forms),
                    len(c.comparison.forms_added),
                    len(c.comparison.forms_gone),
                    len(c.comparison.values),
                )
                for c in compared
            ],
        )
        yield from _comparisons(compared, page)


def _comparisons(compared: Sequence[Compared], page: _Page) -> Iterator[str]:
    """A table of forms added and gone, one of budget tables, then a table of changed values, of all documents."""
    for named, changes in ((t("form"), _forms), (t("budget table"), _tables)):
        rows = [
            (c.new.source_path, _by_person(one) or what, one.form, _kind(one))
            for c in compared
            for what, found in zip((t("new"), t("gone")), changes(c), strict=True)
            for one in found
        ]
        if rows:
            yield from page.table((t("document"), "", named, t("kind")), rows)
    values = [
        (
            c.new.source_path,
            one.form,
            _value(one),
            *old_and_new(one),
        )
        for c in compared
        for one in c.comparison.values
    ]
    if values:
        yield from page.table((t("document"), t("form"), t("value"), OLD, NEW), values)


def _value(one: Difference) -> Text:
    what = name_for_people(one.column) if one.column else (t("(gone)") if one.change == "gone" else t("(new)"))
    return t("{row} {what}", row=one.row, what=what) if one.row else what


def _status(document: Document) -> Text:
    return code_name("documents", "status", document.status)


def _message(document: Document) -> Text:
    if document.error_message is None:
        return t("see its findings")
    return both(document.error_message, document.error_message_zh)


def _forms(compared: Compared) -> tuple[Sequence[Difference], Sequence[Difference]]:
    return compared.comparison.forms_added, compared.comparison.forms_gone


def _tables(compared: Compared) -> tuple[Sequence[Difference], Sequence[Difference]]:
    return compared.comparison.tables_added, compared.comparison.tables_gone


def _kind(owner: Difference) -> object:
    row = owner.old or owner.new
    if not isinstance(row, dict):
        return None
    if "form_kind" in row:
        return code_name("forms", "form_kind", row["form_kind"])
    return code_name("budget_tables", "kind", row.get("kind"))


def _by_person(owner: Difference) -> Text | None:
    """How a form or a table came or went that a person had added; None for those that were read."""
    is_added = isinstance(row := owner.new or owner.old, dict) and row.get("text_source") == "person"
    return (t("new, added by a person") if owner.new else t("taken back by a person")) if is_added else None


def _labels(groups: Sequence[LabelGroup], page: _Page) -> Iterator[str]:
    yield from page.table(
        _LABELS_HEAD,
        [
            (
                group.text,
                t("label") if group.known_as_label else t("text"),
                group.forms,
                group.times,
                group.values,
                joined(COMMA, group.layouts),
                joined(COMMA, (t("{file} p. {page}", file=e.source_path, page=e.page) for e in group.examples)),
            )
            for group in groups
        ],
    )


def _arrow(old: object, new: object) -> object:
    return new if old == new else t("{old} → {new}", old=old, new=new)


def _before_now(report: ChangeReport, name: str) -> str:
    now: int = getattr(report.now, name)
    return f"{getattr(report.before, name)} → {now}" if report.before else str(now)


def _row(cells: Iterable[object]) -> str:
    return "| " + " | ".join(markdown_cell(str(cell)) for cell in cells) + " |"
