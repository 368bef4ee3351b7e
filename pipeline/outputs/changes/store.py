"""Reads and writes change reports: OUT/reports/<number of the version>.md, written once and never removed.

Beside it stands the same in Chinese, `<number>.zh.md`.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.dataset.errors import DatasetError, writing
from pipeline.dataset.store.model import Version
from pipeline.dataset.store.paths import atomic_writer, exists, read_bytes
from pipeline.dataset.store.versions import current_version, pinned, pinned_before
from pipeline.language import Language
from pipeline.messages import system_reason, t
from pipeline.outputs.changes.markdown import as_markdown
from pipeline.outputs.changes.model import ChangeReport

FOLDER = "reports"
LANGUAGES: tuple[Language, ...] = ("zh", "en")


def path_of(out: Path, report: ChangeReport, language: Language = "en") -> Path:
    """The file of a report of the dataset at `out`."""
    return _path(out, report.number, language)


def write_report(out: Path, before: Version | None) -> ChangeReport | None:
    """Writes the report of the current version, unless it is `before`, the version at the start of the run.

    The missing report of an interrupted run is written too; then None is returned, as this run has changed nothing.
    The dataset must be locked, so that the version before stays.
    """
    version = current_version(out)
    if version is None or (version == before and exists(_path(out, version.number))):
        return None
    report = compute_report(out, version)
    for language in LANGUAGES:  # the English one last: with it the report is there
        with writing(out), atomic_writer(_path(out, version.number, language)) as sink:
            sink.write(as_markdown(report, language).encode())
    return None if version == before else report


def compute_report(out: Path, version: Version) -> ChangeReport:
    """The report of a version; the caller keeps the version pinned."""
    from pipeline.outputs.changes.changes import (
        report_changes,  # it loads DuckDB, which a run without news does without
    )

    with pinned_before(out, version) as previous:
        return report_changes(version, previous)


def read_report(out: Path, language: Language = "en") -> str:
    """The text of the current version's report; a missing report is computed.

    Raises `DatasetError` when nothing has landed at `out`.
    """
    with pinned(out) as version:
        path = _path(out, version.number, language)
        try:
            return read_bytes(path).decode()
        except FileNotFoundError:
            return as_markdown(compute_report(out, version), language)
        except OSError as error:
            raise DatasetError(
                "dataset.unreadable", t("cannot read {path}: {strerror}", path=path, strerror=system_reason(error))
            ) from error


def _path(out: Path, number: int, language: Language = "en") -> Path:
    return out / FOLDER / (f"{number}.md" if language == "en" else f"{number}.{language}.md")
