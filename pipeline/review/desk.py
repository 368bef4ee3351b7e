"""The data behind the page: the dataset, the PDFs, corrections, and workers that draw and read."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath
from threading import Lock
from typing import Any, Generic, NamedTuple, TypeVar

from pipeline.dataset.store.corrections import change_corrections, corrected_documents, read_corrections
from pipeline.dataset.store.paths import absolute, file_digest
from pipeline.dictionaries import use_schemas
from pipeline.document.corrections.model import Corrections
from pipeline.document.result import DocumentResult, Row
from pipeline.document.rows import error_of
from pipeline.document.table_layout import TableLayout
from pipeline.errors import BudgetFormsError
from pipeline.file_names import file_below
from pipeline.messages import system_reason, t
from pipeline.review.additions import Addition, AnyAddition, addition, without
from pipeline.review.data import Changed, Dataset, Listing, NotThere, Search, Shown
from pipeline.review.edits import Edit, FormEdit, amended
from pipeline.review.table_edits import AnyTableEdit, table_correction
from pipeline.review.worker import (
    Answer,
    Assemble,
    Count,
    Draw,
    LayOut,
    Measure,
    Picture,
    Read,
    Request,
    Size,
    Wake,
    answer,
    warm_up,
)
from pipeline.run.inputs import ingest_command
from pipeline.run.worker_pool import WorkerPool
from pipeline.run.worker_process import Fault
from pipeline.settings import Settings

Workers = WorkerPool[Request, Answer]
T = TypeVar("T")

PROCESSES = 2  # one draws while the other reads a document with its corrections
PICTURES, READINGS, SIZES = 64, 16, 4096  # that are kept
SECOND_READER = "reader."  # rules of comparisons with other readers; a preview takes them from the dataset


def start_workers(settings: Settings) -> Workers:
    """The processes that draw and read; a context manager."""
    memory = int(settings.memory_gib * 2**30)
    own = use_schemas(settings.schemas)
    return WorkerPool(answer, partial(warm_up, own), workers=PROCESSES, timeout=settings.timeout_seconds, memory=memory)


@dataclass(frozen=True, slots=True)
class View:
    """A document as the page shows it. `pending`: its corrections have not landed, and `shown` has them applied.

    `problem` is the reason why they could not be applied; then `shown` has the landed rows.
    """

    shown: Shown
    corrections: Corrections
    pending: bool
    problem: str | None = None


class Changes(NamedTuple):
    """The corrections after a change, and the id of the form or table that was added."""

    corrections: Corrections
    new: str | None


class Desk:
    """All that the page shows and changes; threads may use it."""

    def __init__(self, settings: Settings, workers: Workers) -> None:
        self._settings, self._workers = settings, workers
        self._dataset = Dataset(settings.out)
        self._password = settings.password.get_secret_value() if settings.password else None
        self._pictures = _Kept[Picture](PICTURES)
        self._readings = _Kept[DocumentResult](READINGS)
        self._layouts = _Kept[tuple[TableLayout, ...]](READINGS)
        self._sizes = _Kept[Size](SIZES)
        self._counts = _Kept[int](SIZES)
        self._known = _Kept[str](SIZES)
        self._writing = Lock()

    @property
    def ingest_command(self) -> str:
        """The command that lands the corrections."""
        return ingest_command(self._settings)

    def wake(self) -> None:
        """Starts the worker processes, which takes a second or two; returns when they are ready."""
        list(self._workers.run([Wake()] * PROCESSES))

    def listing(self, search: Search) -> Listing:
        """The documents that match; each row says whether it has corrections, and whether they wait to land."""
        snapshot, corrected = self._dataset.snapshot(), corrected_documents(self._settings.corrections)
        listing = snapshot.listing(search, list(corrected))
        for row in listing.rows:
            digest = corrected.get(str(row["document_id"]))
            row["corrected"] = digest is not None
            row["pending"] = digest != snapshot.applied.get(str(row["document_id"]))
        return listing

    def document_of(self, owner: str) -> str:
        """The document of a form or a budget table, by its id. Raises `NotThere`."""
        return self._dataset.snapshot().document_of(owner)

    def view(self, document_id: str, form_id: str | None = None, table_id: str | None = None) -> View:
        """A document with its forms, tables and findings, and all rows of one form or table. Raises `NotThere`."""
        snapshot = self._dataset.snapshot()
        landed = snapshot.shown(document_id, form_id, table_id)
        corrections = read_corrections(self._settings.corrections, document_id)
        if corrections.digest == snapshot.applied.get(document_id):
            return View(landed, corrections, pending=False)
        try:
            return View(self._preview(landed, corrections), corrections, pending=True)
        except BudgetFormsError as error:
            return View(landed, corrections, pending=True, problem=error.message)

    def change(self, document_id: str, edit: FormEdit | AnyTableEdit | AnyAddition) -> Changes:
        """Keeps a correction. Raises `Changed`, `NotThere` or `CorrectionError` when it cannot be."""
        when = datetime.now(UTC).replace(microsecond=0)
        with self._writing:
            view = self.view(document_id, getattr(edit, "form_id", None), getattr(edit, "table_id", None))
            if view.shown.document["status"] == "failed":
                raise Changed("review.failed", t("the document could not be read, so there is nothing to correct"))
            if view.shown.document["superseded_by"] is not None:
                raise Changed("review.superseded", t("another file has taken the place of this one: correct that one"))
            if view.problem is not None:
                raise Changed(
                    "review.preview",
                    t("the document cannot be shown with its corrections: {problem}", problem=view.problem),
                )
            before, new = view.corrections.made, None
            if isinstance(edit, Edit):
                made = amended(before, edit, view.shown, when)
            elif isinstance(edit, Addition):
                added, new = addition(edit, before, self._dataset.snapshot().shown(document_id), when)
                made = [*before, added]
            else:
                layout = self.layout(view, edit.table_id)
                made = [*before, table_correction(edit, view.shown, layout, when)]
            return Changes(self._keep(document_id, view, edit.digest, made), new)

    def layout(self, view: View, table_id: str) -> TableLayout:
        """The printed rows and columns of a budget table. Raises `NotThere`, `BudgetFormsError`."""
        row, corrections = view.shown.document, view.corrections

        def lay_out() -> tuple[TableLayout, ...]:
            try:
                path = self._path(row)
            except NotThere:
                path = None  # the stored pages are enough
            found: Any = self._ask(
                LayOut(
                    absolute(self._settings.out),
                    path,
                    self._password,
                    self._settings.reader,
                    str(row["document_id"]),
                    int(str(row["byte_size"])),
                    corrections.made,
                )
            )
            if found == ():
                self._path(row)
            return tuple(found)

        layouts = self._layouts.get((row["document_id"], corrections.digest), lay_out)
        number = view.shown.table(table_id)["table_no"]
        for layout in layouts:
            if layout.table_no == number:
                return layout
        raise NotThere(
            "review.table",
            t("table {number} is not found on the pages any more: run `budget-forms ingest`", number=number),
        )

    def take_back(self, document_id: str, number: int, digest: str | None) -> Corrections:
        """Deletes a correction by its number, from 1; see `without`. Raises `NotThere`, `CorrectionError`."""
        with self._writing:
            view = self.view(document_id)
            return self._keep(document_id, view, digest, without(view.corrections.made, number))

    def _keep(self, document_id: str, view: View, digest: str | None, made: list[Any]) -> Corrections:
        source_path = str(view.shown.document["source_path"])
        return change_corrections(self._settings.corrections, document_id, source_path, digest, made)

    def picture(self, document_id: str, page: int, scale: float) -> Picture:
        """A page as PNG. Raises `NotThere`, or `BudgetFormsError` when the PDF cannot be drawn."""
        row = self._dataset.snapshot().document(document_id)
        self._check_page(row, page)

        def draw() -> Picture:
            drawn = self._ask(Draw(self._path(row), self._password, page, scale))
            assert isinstance(drawn, Picture)
            return drawn

        return self._pictures.get((document_id, page, scale), draw)

    def sizes(self, document_id: str, pages: tuple[int, ...]) -> dict[int, Size]:
        """The sizes of some pages in points. Raises as `picture` does."""
        row = self._dataset.snapshot().document(document_id)
        for page in pages:
            self._check_page(row, page)
        missing = tuple(page for page in pages if self._sizes.known((document_id, page)) is None)
        if missing:
            measured: Any = self._ask(Measure(self._path(row), self._password, missing))
            for page, size in zip(missing, measured, strict=True):
                self._sizes.put((document_id, page), size)
        return {page: self._sizes.get((document_id, page), lambda: Size(0, 0)) for page in pages}

    def page_count(self, row: Row) -> int:
        """How many pages a document has; asks its PDF where it could not be read. Raises as `picture` does."""
        if count := row["page_count"]:
            return int(str(count))

        def ask() -> int:
            counted: Any = self._ask(Count(self._path(row), self._password))
            return int(counted.pages)

        return self._counts.get(row["document_id"], ask)

    def _check_page(self, row: Row, page: int) -> None:
        if not 1 <= page <= self.page_count(row):
            raise NotThere("review.page", t("{file_name} has no page {page}", file_name=row["file_name"], page=page))

    def _preview(self, landed: Shown, corrections: Corrections) -> Shown:
        """The document as it will land; findings of other readers come from the dataset."""
        row = landed.document

        def read() -> DocumentResult:
            reader, out = self._settings.reader, absolute(self._settings.out)
            result = self._ask(
                Assemble(out, reader, str(row["document_id"]), int(str(row["byte_size"])), corrections.made)
            )
            if result == ():
                result = self._ask(Read(self._path(row), self._password, reader, corrections.made))
            assert isinstance(result, DocumentResult)
            if result.document["status"] == "failed":
                raise BudgetFormsError("review.failed", error_of(result.document) or t("the document cannot be read"))
            return result

        tables = dict(self._readings.get((row["document_id"], corrections.digest), read).tables)
        ids = {form["form_id"] for form in tables["forms"]} | {None}
        second = [f for f in landed.tables["findings"] if str(f["rule"]).startswith(SECOND_READER)]
        kept = [f for f in second if f["form_id"] in ids]
        first = len(tables["findings"]) + 1
        tables["findings"] = tables["findings"] + [{**f, "finding_no": n} for n, f in enumerate(kept, start=first)]
        return replace(landed, tables=tables)

    def _path(self, row: Row) -> Path:
        """The PDF of a document below the raw folder, its bytes checked. Raises `NotThere`."""
        source = PurePosixPath(file_below(Path(), str(row["source_path"])))
        place = t("{file} below {folder}", file=row["source_path"], folder=self._settings.raw)
        if source.is_absolute() or ".." in source.parts:
            raise NotThere("review.pdf", t("{place} is no path inside of the raw folder", place=place))
        path = self._settings.raw / source
        try:
            seen = path.stat()
            digest = self._known.get((str(path), seen.st_size, seen.st_mtime_ns), lambda: file_digest(path))
        except OSError as error:
            raise NotThere(
                "review.pdf",
                t(
                    "{place} cannot be read ({strerror}): name its folder (--raw)",
                    place=place,
                    strerror=system_reason(error),
                ),
            ) from error
        if digest != row["document_id"]:
            raise NotThere(
                "review.pdf",
                t(
                    "{place} has changed since it was read: run `{ingest_command}`",
                    place=place,
                    ingest_command=self.ingest_command,
                ),
            )
        return path

    def _ask(self, request: Request) -> Answer:
        [(_, found)] = self._workers.run([request])
        if isinstance(found, Fault):
            raise BudgetFormsError(found.code, found.message)
        return found


class _Kept(Generic[T]):
    """The values used last, at most so many."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, Lock()
        self._values: OrderedDict[Hashable, T] = OrderedDict()

    def known(self, key: Hashable) -> T | None:
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def put(self, key: Hashable, value: T) -> None:
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value that is kept, else a new one."""
        if (value := self.known(key)) is None:
            value = make()
            self.put(key, value)
        return value
