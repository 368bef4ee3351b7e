"""The web application: pages for people, pictures, and the few requests that change corrections."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Query, Request, Response
from fastapi import Path as InPath
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from pydantic import BaseModel, ConfigDict, Discriminator
from starlette.exceptions import HTTPException as StarletteHTTPException

from pipeline.dataset.contract.names import name_for_people
from pipeline.dataset.contract.schema import load_schema
from pipeline.document.corrections.describe import describe, place_of
from pipeline.document.corrections.fields import FIELDS
from pipeline.document.corrections.model import AnyCorrection, is_added
from pipeline.document.corrections.table_fields import ROW_FIELDS
from pipeline.errors import BudgetFormsError
from pipeline.language import Language, language_of_browser, shown
from pipeline.library_messages import value_message
from pipeline.messages import Text, t, tn
from pipeline.review import present, present_table
from pipeline.review.additions import Addition, AnyAddition
from pipeline.review.data import ON_A_PAGE, NotThere, Search
from pipeline.review.desk import Desk, View
from pipeline.review.edits import FormEdit
from pipeline.review.guard import Guard
from pipeline.review.script_texts import script_texts
from pipeline.review.table_edits import AnyTableEdit
from pipeline.review.worker import Size

PACKAGE = "pipeline.review"
LISTED_PAGES = 5_000  # pages of a document that are links; a damaged file may claim millions
_STATIC = {"review.css": "text/css", "review.js": "text/javascript", "icon.svg": "image/svg+xml"}
_FILES = (".png", *(name[name.index(".") :] for name in _STATIC))
_SHOW = (
    ("all", t("All documents")),
    ("findings", t("With errors or warnings")),
    ("errors", t("With errors")),
    ("unreviewed", t("With forms to review")),
    ("not_ok", t("Not read, or read in part")),
    ("corrected", t("With corrections")),
)
_WHERE = (
    ("names", t("projects, departments, files")),
    ("forms", t("all text of forms")),
    ("pages", t("all text of pages")),
)

DocumentId = Annotated[str, InPath(pattern=r"^[0-9a-f]{64}$")]
PageNumber = Annotated[int, InPath(ge=1, le=100_000)]
AnyEdit = Annotated[FormEdit | AnyTableEdit | AnyAddition, Discriminator("kind")]
TableId = Annotated[str, InPath(pattern=r"^[0-9a-f]{12}-t[0-9]{3,6}$")]
FormId = Annotated[str, InPath(pattern=r"^[0-9a-f]{12}-[0-9]{3,6}$")]


class TakeBack(BaseModel):
    """Deletes correction `number`, from 1, of those that the page knew."""

    model_config = ConfigDict(extra="forbid")

    number: int
    digest: str | None


def make_app(desk: Desk, token: str, who: str, language: Language | None = None) -> FastAPI:
    """The application under `/<token>/`; `who` is the name that corrections begin with."""
    pages = _Pages(desk, f"/{token}", who, language)
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.add_middleware(Guard, token=token, language=language)
    app.add_exception_handler(BudgetFormsError, pages.failed)
    app.add_exception_handler(RequestValidationError, pages.invalid)
    app.add_exception_handler(StarletteHTTPException, pages.absent)
    root = f"/{token}"
    app.get(f"{root}/", response_class=HTMLResponse)(pages.documents)
    app.get(f"{root}/documents/{{document_id}}", response_class=HTMLResponse)(pages.document)
    app.get(f"{root}/forms/{{form_id}}", response_class=HTMLResponse)(pages.form)
    app.get(f"{root}/tables/{{table_id}}", response_class=HTMLResponse)(pages.table)
    app.get(f"{root}/documents/{{document_id}}/pages/{{page}}", response_class=HTMLResponse)(pages.page)
    app.get(f"{root}/pages/{{document_id}}/{{page}}.png")(pages.picture)
    app.get(f"{root}/static/{{name}}")(_static)
    app.post(f"{root}/documents/{{document_id}}/corrections")(pages.correct)
    app.post(f"{root}/documents/{{document_id}}/take-back")(pages.take_back)
    return app


def _static(name: str) -> Response:
    if name not in _STATIC:
        raise HTTPException(404)
    return Response(files(PACKAGE).joinpath("static", name).read_bytes(), media_type=_STATIC[name])


class _Pages:
    """The handlers of requests, which run in threads, so that waiting for a worker blocks no other request."""

    def __init__(self, desk: Desk, root: str, who: str, language: Language | None) -> None:
        self._desk, self._root, self._who, self._language = desk, root, who, language
        self._templates = Environment(
            loader=PackageLoader(PACKAGE, "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            finalize=_shown,
        )
        self._templates.globals["ingest_command"] = desk.ingest_command
        self._templates.filters |= {"describe": _described, "place_of": place_of, "amount": _amount}
        self._templates.tests["added"] = is_added
        self._templates.globals |= {"t": t, "tn": tn, "script_texts": script_texts()}

    def documents(
        self,
        request: Request,
        q: Annotated[str, Query(max_length=200)] = "",
        where: Annotated[str, Query(pattern="^(names|forms|pages)$")] = "names",
        show: Annotated[str, Query(pattern="^(all|errors|findings|unreviewed|not_ok|corrected)$")] = "all",
        page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    ) -> HTMLResponse:
        """The list of documents."""
        search = Search(q.strip(), where, show, page)  # type: ignore[arg-type]
        listing = self._desk.listing(search)
        return self._page(
            "documents", request, search=search, listing=listing, shows=_SHOW, wheres=_WHERE, size=ON_A_PAGE
        )

    def document(self, request: Request, document_id: DocumentId) -> HTMLResponse:
        """A document: its forms, tables and pages, its findings, its corrections."""
        view = self._desk.view(document_id)
        found = present.document_notes(view.shown.tables["findings"])
        pages, problem = self._page_count(view)
        return self._page(
            "document",
            request,
            view=view,
            notes=found,
            counts=_counts(view),
            document=view.shown.document,
            pages=pages,
            listed=LISTED_PAGES,
            problem=problem,
            noted={note.page for note in found},
            new=present.new_owner_labels(),
        )

    def form(self, request: Request, form_id: FormId) -> HTMLResponse:
        """A form: its pages beside its values."""
        language = self._language_for(request)
        document_id = self._desk.document_of(form_id)
        view = self._desk.view(document_id, form_id)
        form: Any = view.shown.form(form_id)
        places = view.shown.rows("evidence", form_id)
        evidence = [row for row in places if row["table"] in FIELDS]
        fixed = [row for row in places if row["table"] not in FIELDS]
        fixed += present.other_places(view.shown.rows("other_values", form_id))
        rows = {table: view.shown.rows(table, form_id) for table in ("funds", "indicators", "tasks")}
        found = present.form_notes(view.shown.tables["findings"], form, rows, (*evidence, *fixed))
        sizes, problem = self._sizes(document_id, present.all_pages(form, (*evidence, *fixed), found))
        grids = [
            present.grid(table, title, rows[table], evidence, form["page_first"], language)
            for table, title in (("funds", t("Funds")), ("indicators", t("Performance indicators")))
        ]
        forms = list(view.shown.tables["forms"])
        place = forms.index(form)
        return self._page(
            "form",
            request,
            view=view,
            document=view.shown.document,
            form=form,
            problem=problem,
            notes=found,
            cells=present.field_cells(form, evidence, language),
            grids=grids,
            lists=[
                present.plain_list(table, title, view.shown.rows(table, form_id), fixed)
                for table, title in (("tasks", t("Main tasks")), ("other_values", t("Other values")))
            ],
            sheets=present.sheets(form, (*evidence, *fixed), found, sizes),
            count=len(forms),
            before=forms[place - 1] if place else None,
            after=forms[place + 1] if place + 1 < len(forms) else None,
            noted_before=present.next_with_findings(view.shown, form["form_no"], forward=False),
            noted_after=present.next_with_findings(view.shown, form["form_no"], forward=True),
        )

    def table(self, request: Request, table_id: TableId) -> HTMLResponse:
        """A budget table: its pages beside its numbers."""
        language = self._language_for(request)
        document_id = self._desk.document_of(table_id)
        view = self._desk.view(document_id, table_id=table_id)
        table: Any = view.shown.table(table_id)
        lines = view.shown.lines(table_id)
        found = present_table.table_notes(view.shown.tables["findings"], table_id, lines)
        sizes, problem = self._sizes(document_id, present.all_pages(table, (), found))
        tables = list(view.shown.tables["budget_tables"])
        place = tables.index(table)
        noted = {row["table_id"] for row in view.shown.tables["findings"]}
        return self._page(
            "table",
            request,
            view=view,
            document=view.shown.document,
            table=table,
            problem=problem,
            notes=found,
            cells=present_table.table_cells(table),
            grid=present_table.table_grid(self._desk.layout(view, table_id), lines, language),
            sheets=present_table.table_sheets(table, lines, found, sizes),
            row_labels=present_table.labels("budget_lines", ROW_FIELDS),
            count=len(tables),
            before=tables[place - 1] if place else None,
            after=tables[place + 1] if place + 1 < len(tables) else None,
            noted_before=next((row for row in reversed(tables[:place]) if row["table_id"] in noted), None),
            noted_after=next((row for row in tables[place + 1 :] if row["table_id"] in noted), None),
        )

    def page(self, request: Request, document_id: DocumentId, page: PageNumber) -> HTMLResponse:
        """Any page of a document, with the forms, the tables and the findings on it."""
        view = self._desk.view(document_id)
        document: Any = view.shown.document
        count = self._desk.page_count(document)
        if page > count:
            raise NotThere(
                "review.page", t("{file_name} has no page {page}", file_name=document["file_name"], page=page)
            )
        found = present.document_notes(row for row in view.shown.tables["findings"] if row["page"] == page)
        sizes, problem = self._sizes(document_id, (page,))
        return self._page(
            "page",
            request,
            view=view,
            document=document,
            number=page,
            count=count,
            problem=problem,
            notes=found,
            sheets=[present.Sheet(page, size, True, (), tuple(n for n in found if n.box)) for size in sizes.values()],
            forms=[row for row in view.shown.tables["forms"] if page in present.pages_of(row)],
            tables=[row for row in view.shown.tables["budget_tables"] if page in present.pages_of(row)],
            new=present.new_owner_labels(),
        )

    def _page_count(self, view: View) -> tuple[int, str | None]:
        """How many pages a document has, or the reason why that is not known."""
        try:
            return self._desk.page_count(view.shown.document), None
        except BudgetFormsError as error:
            return 0, error.message

    def _sizes(self, document_id: str, pages: tuple[int, ...]) -> tuple[Mapping[int, Size], str | None]:
        """The sizes of those of some pages that can be shown, and the reason why one of the others cannot."""
        try:
            return self._desk.sizes(document_id, pages), None
        except NotThere as error:
            return {}, error.message
        except BudgetFormsError as error:
            if len(pages) == 1:
                return {}, error.message
        alone = [self._sizes(document_id, (page,)) for page in pages]
        sizes = {page: size for found, _ in alone for page, size in found.items()}
        return sizes, next((problem for _, problem in alone if problem is not None), None)

    def picture(
        self,
        document_id: DocumentId,
        page: PageNumber,
        scale: Annotated[float, Query(ge=0.2, le=8)] = 1.5,
    ) -> Response:
        """A page as PNG. It never changes, since the document is named by its bytes."""
        png = self._desk.picture(document_id, page, scale).png
        return Response(png, media_type="image/png", headers={"Cache-Control": "private, max-age=86400, immutable"})

    def correct(self, document_id: DocumentId, edit: AnyEdit) -> JSONResponse:
        """Keeps a correction. The answer to an addition says where the new form or table is shown."""
        if not isinstance(edit, Addition) and edit.owner[:12] != document_id[:12]:
            raise NotThere("review.form", t("this form or table is not one of the document"))
        corrections, new = self._desk.change(document_id, edit)
        shown = {"shown": f"{'tables' if '-t' in new else 'forms'}/{new}"} if new is not None else {}
        return JSONResponse({"digest": corrections.digest, **shown})

    def take_back(self, document_id: DocumentId, body: TakeBack) -> JSONResponse:
        """Deletes a correction."""
        return JSONResponse({"digest": self._desk.take_back(document_id, body.number, body.digest).digest})

    def failed(self, request: Request, error: Exception) -> Response:
        """The message of an error; for a script as JSON."""
        assert isinstance(error, BudgetFormsError)
        return self._told(request, error.message, 404 if isinstance(error, NotThere) else 409)

    def _told(self, request: Request, message: Text, status: int) -> Response:
        told = shown(message, self._language_for(request))
        if request.method == "POST":
            return JSONResponse({"error": told}, status)
        if request.url.path.endswith(_FILES):
            return Response(told, status, media_type="text/plain; charset=utf-8")
        page = self._page("problem", request, message=told)
        page.status_code = status
        return page

    def invalid(self, request: Request, error: Exception) -> Response:
        """Refuses a request that no page makes, without repeating its content."""
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"][1:])
        message = t("{name}: {message}", name=field, message=value_message(first["msg"]))
        return self._told(request, message, 422)

    def absent(self, request: Request, error: Exception) -> Response:
        """Answers a request for an address that leads nowhere."""
        assert isinstance(error, StarletteHTTPException)
        return self._told(request, t("there is nothing at this address"), error.status_code)

    def _language_for(self, request: Request) -> Language:
        return language_of_browser(request.headers.get("accept-language", ""), self._language)

    def _page(self, name: str, request: Request, **values: object) -> HTMLResponse:
        language = self._language_for(request)
        template = self._templates.get_template(f"{name}.html.j2")
        made = template.render(
            root=self._root,
            who=self._who,
            language=language,
            is_chinese=language == "zh",
            named=_named(language),
            **values,
        )
        return HTMLResponse(made, headers={"Vary": "Accept-Language"})


@pass_context
def _shown(context: Context, value: object) -> object:
    """A value as a page shows it: texts of the catalogue in the language of the page."""
    return shown(value, context["language"]) if isinstance(value, Text) else value


def _named(language: Language) -> Callable[[str, str, str], str]:
    """Gives a code of a column of the dataset as it is shown: in Chinese by its name, else without underscores."""

    def named(table: str, column: str, code: str) -> str:
        names = load_schema().code_names(table, column)
        return present.shown_code(names, code, language).replace("_", " ")

    return named


def _described(correction: AnyCorrection) -> Text:
    return describe(correction).mapped(name_for_people)


def _counts(view: View) -> Mapping[str, Mapping[str, int]]:
    """The findings of each form and table by severity."""
    counts: dict[str, dict[str, int]] = {}
    for row in view.shown.tables["findings"]:
        own = counts.setdefault(str(row["form_id"] or row["table_id"]), {})
        own[str(row["severity"])] = own.get(str(row["severity"]), 0) + 1
    return counts


def _amount(value: object) -> str:
    return "–" if value is None else f"{value:,.2f}"
