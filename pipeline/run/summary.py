"""The summary of a run, and its texts for people: lines for a terminal, Markdown for Prefect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.dataset.contract.names import code_name
from pipeline.dataset.landing.ledger import Ledger
from pipeline.dataset.landing.plan import Plan
from pipeline.dataset.landing.sources import CHANGED
from pipeline.dataset.store.paths import display
from pipeline.document.result import NOTHING_COMPARED, Agreement
from pipeline.file_names import readable
from pipeline.language import Language, language_of, shown
from pipeline.messages import Text, t, tn
from pipeline.outputs.changes.markdown import as_line
from pipeline.outputs.changes.markdown import as_markdown as report_as_markdown
from pipeline.outputs.changes.model import ChangeReport
from pipeline.outputs.changes.store import path_of
from pipeline.run.items import Outcome
from pipeline.text import markdown_cell, one_line

_SHOWN = 20  # a longer list hides the summary; the dataset has them all
_ROWS = 50  # a table of an artifact; the file of the report has the others
_QUERY = "SELECT source_path, status, error_code, error_message FROM documents WHERE status <> 'ok'"


@dataclass(frozen=True, slots=True)
class Summary:
    """All documents that a run saw, read now or known before; `bad` are those read now that are not ok.

    `changes` is None when the run has changed nothing in the dataset.
    """

    ok: int
    partial: int
    failed: int
    read: int
    forms: int
    indicators: int
    errors: int
    warnings: int
    infos: int
    seconds: float
    bad: tuple[Outcome, ...] = ()
    still_bad: tuple[Outcome, ...] = ()
    """Documents read by an earlier run that are not ok."""
    changes: ChangeReport | None = None
    agreement: Agreement = NOTHING_COMPARED
    """Values of the documents read now that two readers have read."""
    without_pdf: int = 0
    """Documents assembled from stored pages, whose PDFs are gone."""
    dropped_corrections: int = 0
    """Documents whose corrections were in the version before; the folder of corrections has none of them now."""
    stale_corrections: int = 0
    """Corrections, or files of them, that `budget-forms check` lists: not applied, or of a replaced document."""

    @property
    def seen(self) -> int:
        return self.ok + self.partial + self.failed

    @property
    def exit_status(self) -> int:
        """0 when all documents are ok, 1 when something failed or was only partly read."""
        return int(self.ok < self.seen)

    @property
    def line(self) -> Text:
        """The counts in one line. Programs read its English words, so they are the same for every number."""
        return t(
            "documents: {ok} ok + {partial} partial + {failed} failed = {seen} seen ({read} read now); forms: {forms}; "
            "indicators: {indicators}; findings: {errors} errors, {warnings} warnings, {infos} infos; {seconds:.1f} s",
            ok=self.ok,
            partial=self.partial,
            failed=self.failed,
            seen=self.seen,
            read=self.read,
            forms=self.forms,
            indicators=self.indicators,
            errors=self.errors,
            warnings=self.warnings,
            infos=self.infos,
            seconds=self.seconds,
        )

    def __str__(self) -> str:
        return str(self.line)


def summarise(
    plan: Plan,
    ledger: Ledger,
    outcomes: list[Outcome],
    seconds: float,
    not_ok: Mapping[str, Outcome],
) -> Summary:
    """Counts every document of the plan once, by the ledger of the landed version.

    `not_ok` are the documents of the landed version that are not ok by `document_id`, of this run and of earlier ones.
    """
    landed = {entry.summary.document_id: entry.summary for entry in ledger.values()}
    ids = {source.document_id: source.source_path for source in plan.changes.sources}
    known = [landed[document_id] for document_id in ids if document_id in landed]
    lost = [Outcome(u.source_path, "failed", 0, 0, "file.unreadable", u.reason) for u in plan.unreadable]
    lost += [
        Outcome(path, "failed", 0, 0, "file.changed", CHANGED)
        for document_id, path in ids.items()
        if document_id not in landed
    ]
    status = Counter(document.status for document in known)
    bad = [*(outcome for outcome in outcomes if outcome.status != "ok"), *lost]
    named = {outcome.source_path for outcome in bad}
    still_bad = [outcome for document_id, outcome in not_ok.items() if ids.get(document_id, "") not in {"", *named}]
    return Summary(
        ok=status["ok"],
        partial=status["partial"],
        failed=status["failed"] + len(lost),
        read=len(outcomes),
        forms=sum(document.forms for document in known),
        indicators=sum(document.indicators for document in known),
        errors=sum(document.errors for document in known),
        warnings=sum(document.warnings for document in known),
        infos=sum(document.infos for document in known),
        seconds=seconds,
        bad=tuple(sorted(bad, key=lambda outcome: outcome.source_path)),
        still_bad=tuple(sorted(still_bad, key=lambda outcome: outcome.source_path)),
        agreement=sum((outcome.agreement for outcome in outcomes), NOTHING_COMPARED),
        without_pdf=len(plan.without_pdf & landed.keys()),
    )


def as_lines(summary: Summary, out: Path) -> Iterator[Text]:
    """Lines about changes in the dataset at `out`, documents that are not ok, and how to list the rest of them."""
    if summary.changes:
        yield t(
            "{changes}; more in {path}",
            changes=as_line(summary.changes),
            path=display(path_of(out, summary.changes, language_of())),
        )
    if summary.agreement.compared:
        yield summary.agreement.line
    if summary.without_pdf:
        yield tn(
            "{count} document was assembled from stored pages; its PDF is gone",
            "{count} documents were assembled from stored pages; their PDFs are gone",
            summary.without_pdf,
        )
    if summary.dropped_corrections:
        yield tn(
            "warning: corrections of {count} document are no longer applied: "
            "the folder of corrections no longer has them",
            "warning: corrections of {count} documents are no longer applied: "
            "the folder of corrections no longer has them",
            summary.dropped_corrections,
        )
    if summary.stale_corrections:
        yield t(
            "corrections that are not applied or not needed: {count}; `budget-forms check --out {out}` lists them",
            count=summary.stale_corrections,
            out=display(out),
        )
    for outcome in summary.bad[:_SHOWN]:
        yield _line(outcome)
    left = max(_SHOWN - len(summary.bad), 0)
    for outcome in summary.still_bad[:left]:
        yield t("still {line}", line=_line(outcome))
    if summary.seen - summary.ok > min(len(summary.bad) + len(summary.still_bad), _SHOWN):
        query = f'budget-forms query --dataset {out} "{_QUERY}"'
        yield t("all documents that are not ok: {query}", query=query)


def _line(outcome: Outcome) -> Text:
    status = code_name("documents", "status", outcome.status)
    return t("{status}: {name}: {reason}", status=status, name=_name(outcome), reason=_reason(outcome))


def as_markdown(summary: Summary, language: Language = "en") -> str:
    """The summary as a page of Prefect's user interface."""
    bad = [(code_name("documents", "status", outcome.status), outcome) for outcome in summary.bad]
    still = (t("still {line}", line=code_name("documents", "status", one.status)) for one in summary.still_bad)
    bad += zip(still, summary.still_bad, strict=True)
    rows = [
        f"| {shown(status, language)} | {markdown_cell(_name(outcome))} | "
        f"{markdown_cell(shown(_reason(outcome), language))} |"
        for status, outcome in bad[:_SHOWN]
    ]
    if len(bad) > _SHOWN:
        rows.append(f"| | {shown(t('and {count} more', count=len(bad) - _SHOWN), language)} | |")
    head = " | ".join(shown(name, language) for name in (t("status"), t("document"), t("reason")))
    table = "\n".join(["\n", f"| {head} |", "|---|---|---|", *rows]) if rows else ""
    agreement = f"\n\n{shown(summary.agreement.line, language)}" if summary.agreement.compared else ""
    return f"{shown(summary.line, language)}{agreement}{table}\n"


def failures(summary: Summary) -> tuple[Text, ...]:
    """A line for each document that this run could not read; those of earlier runs are not repeated.

    Documents read in part do not count: a scanned page is reported, and needs nobody at once.
    """
    return tuple(
        t("not read: {name}: {reason}", name=_name(outcome), reason=_reason(outcome))
        for outcome in summary.bad
        if outcome.status == "failed"
    )


def changes_as_markdown(summary: Summary, out: Path, language: Language = "en") -> str:
    """The changes of the run in the dataset at `out`, as a page of Prefect's user interface."""
    if summary.changes is None:
        reason = t("No document was added, superseded or read differently: no new version.")
        return f"# {shown(t('Nothing has changed'), language)}\n\n{shown(reason, language)}\n"
    return report_as_markdown(summary.changes, language, _ROWS, path_of(out, summary.changes, language))


def _name(outcome: Outcome) -> str:
    return one_line(readable(outcome.source_path))


def _reason(outcome: Outcome) -> Text:
    if outcome.error_message is None:
        return t("see its findings")
    return t("{message} ({code})", message=outcome.error_message, code=outcome.error_code)
