"""Applies corrections to the forms of a document, after they are understood and before they are checked.

So everything follows from a correction as if it had been read: amounts in yuan, codes, sums, findings. A correction
whose text is not what is read any more changes nothing and is told by a finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import singledispatchmethod

from pipeline.document.checks.model import Finding, at
from pipeline.document.corrections import edit
from pipeline.document.corrections.added import new_form
from pipeline.document.corrections.describe import describe
from pipeline.document.corrections.fields import NUMBERS, name_of, seen, text_of, texts_of
from pipeline.document.corrections.model import (
    AddableTable,
    AddForm,
    AddRow,
    Correction,
    CorrectionError,
    FormCorrection,
    Merge,
    RemoveRow,
    Reviewed,
    Split,
    Value,
    is_added,
)
from pipeline.document.corrections.stale import (
    CONFLICT,
    NEEDLESS,
    NotApplied,
    check_after,
    check_read,
    quoted,
    reason_of,
    severity_of,
    stale_message,
)
from pipeline.document.corrections.values import (
    check_new_row,
    check_value,
    new_fund,
    new_indicator,
    new_task,
    set_form_value,
    with_fund_value,
    with_indicator_value,
)
from pipeline.document.rows import form_row, fund_rows, indicator_rows, task_rows
from pipeline.fields.model import Form, Task, sources_of
from pipeline.forms.dictionary import Taxonomy
from pipeline.forms.model import Part, Unplaced
from pipeline.messages import t

Row = Mapping[str, object]


def corrected(
    forms: Sequence[Form],
    corrections: Iterable[FormCorrection],
    taxonomy: Taxonomy,
    page_count: int,
    complete: Callable[[Form], None],
) -> tuple[list[Form], list[Finding]]:
    """The forms after all corrections in their order, and findings about corrections that did not fit.

    Found forms are numbered from 1; those that a person has added come behind them and keep their numbers. `complete`
    gives an added form what its document of `page_count` pages says for all forms. `correction.conflict`: something
    else is read now, and the correction was not applied. `correction.needless`: what is read now says the same. The
    given forms are changed.
    """
    document = _Document(list(forms), taxonomy, page_count, complete)
    told: list[tuple[Form | None, Finding]] = []
    for correction in corrections:
        form = document.find(correction)
        try:
            document.carry_out(correction, form)
        except (NotApplied, CorrectionError) as error:
            page = correction.page if 1 <= correction.page <= page_count else None
            told.append((form, _finding(correction, reason_of(error), form, page)))
    for number, form in enumerate(document.found, start=1):
        form.form_no = number
    forms = [*document.found, *sorted(document.added, key=lambda form: form.form_no)]
    there = {id(form) for form in forms}
    return forms, [
        replace(finding, form_no=form.form_no if form is not None and id(form) in there else None)
        for form, finding in told
    ]


def _finding(correction: FormCorrection, stale: NotApplied, form: Form | None, page: int | None) -> Finding:
    message = stale_message(describe(correction), correction, stale)
    text = correction.read if isinstance(correction, Value) else None
    place = _place(form, correction) if form is not None else Unplaced(page, "") if page is not None else None
    return at(None, stale.rule, severity_of(stale), message, place, text)


def _place(form: Form, correction: FormCorrection) -> Part | Unplaced | None:
    """Where the value of a correction stands, else its form."""
    if isinstance(correction, Value):
        of_rows = (sources for table, row, sources in sources_of(form) if (table, row) == _numbered(correction))
        for sources in of_rows:
            if (found := sources.get(correction.field)) is not None:
                return found.parts[0]
    return form.place


def _numbered(correction: Value) -> tuple[str, int]:
    return correction.table, 0 if correction.table == "forms" else correction.row


def form_name(form: Form) -> str | None:
    """The name of a form in corrections."""
    return name_of("forms", form_row(form, "", "", ()))


@dataclass(slots=True)
class _Document:
    """The forms while corrections are applied: those that were found, and those that a person has added."""

    found: list[Form]
    taxonomy: Taxonomy
    page_count: int
    complete: Callable[[Form], None]
    added: list[Form] = field(default_factory=list)
    read_by_now: set[int] = field(default_factory=set)  # numbers of added forms that are found now

    def find(self, correction: Correction) -> Form | None:
        """The form of a correction; None when there is none any more.

        An added one by its number alone; a found one by page and name, by number where several fit.
        """
        if is_added(correction.form):
            return next((f for f in self.added if f.form_no == correction.form), None)
        on_page = [f for f in self.found if f.page_first == correction.page]
        named = [f for f in on_page if form_name(f) == correction.name]
        if len(named) == 1:
            return named[0]
        return next((f for f in named or on_page if self.found.index(f) + 1 == correction.form), None)

    def carry_out(self, correction: FormCorrection, form: Form | None) -> None:
        """Applies a correction to its form. Raises `NotApplied`, or `CorrectionError` for one that cannot be."""
        if isinstance(correction, AddForm):
            self._add(correction)
        elif form is not None:
            self.apply(correction, form)
        elif correction.form in self.read_by_now:
            raise NotApplied(NEEDLESS, t("the form is found by now"))
        elif is_added(correction.form):
            raise NotApplied(CONFLICT, t("the form was not added"))
        else:
            raise NotApplied(CONFLICT, t("no form of that name begins on page {page} any more", page=correction.page))

    def _add(self, correction: AddForm) -> None:
        form = new_form(correction, [f.form_no for f in self.added], self.page_count, self.complete)
        pages = range(form.page_first, form.page_last + 1)
        if any(f.page_first in pages and form_name(f) == form_name(form) for f in self.found):
            self.read_by_now.add(correction.form)
            raise NotApplied(NEEDLESS, t("a form of that name is found there by now"))
        self.added.append(form)

    @singledispatchmethod
    def apply(self, correction: object, form: Form) -> None:
        """Carries a correction out. Raises `NotApplied`, or `CorrectionError` for one that cannot be."""
        raise TypeError(correction)

    @apply.register
    def _(self, correction: Value, form: Form) -> None:
        check_value(correction.table, correction.field, correction.value)
        rows: Sequence[Row] = [_form_row(form)] if correction.table == "forms" else _rows(form, correction.table)
        row = _find_row(rows, correction)
        check_read(text_of(correction.table, row, correction.field), correction.read, correction.value)
        number = _number(correction.table, row)
        self._set(form, correction.table, number, correction.field, correction.value)
        page = row.get("page", form.page_first)
        assert isinstance(page, int)
        edit.mark(form, correction.table, number, correction.field, page, correction.value)

    def _set(self, form: Form, table: str, number: int, field: str, text: str | None) -> None:
        match table:
            case "forms":
                set_form_value(form, field, text)
            case "funds":
                form.funds[number - 1] = with_fund_value(form.funds[number - 1], field, text, form.amount_unit)
            case _:
                row = form.indicators[number - 1]
                form.indicators[number - 1] = with_indicator_value(row, field, text, self.taxonomy)

    @apply.register
    def _(self, correction: AddRow, form: Form) -> None:
        check_new_row(correction.table, correction.values)
        rows = _rows(form, correction.table)
        after = _place_of(rows, correction.table, correction.after, correction.after_name)
        page = min(max(correction.row_page, form.page_first), form.page_last)
        if correction.table == "tasks":
            _add_task(form, after, new_task(page, correction.values, form.amount_unit), correction.values)
            return
        if any(correction.values.items() <= texts_of(correction.table, row).items() for row in rows):
            raise NotApplied(NEEDLESS, t("the row is read by now"))
        edit.insert(form, after, new_fund(page) if correction.table == "funds" else new_indicator(page))
        for name, text in correction.values.items():
            self._set(form, correction.table, after + 1, name, text)
            edit.mark(form, correction.table, after + 1, name, page, text)

    @apply.register
    def _(self, correction: RemoveRow, form: Form) -> None:
        table, rows = correction.table, _rows(form, correction.table)
        same = [_number(table, row) for row in rows if texts_of(table, row) == correction.read]
        if not same:
            named = [row for row in rows if name_of(table, row) == correction.row_name]
            rule, reason = (
                (CONFLICT, t("other texts are read in it now")) if named else (NEEDLESS, t("it is not read now"))
            )
            raise NotApplied(rule, reason)
        edit.remove(form, table, correction.row if correction.row in same else same[0])

    @apply.register
    def _(self, correction: Split, form: Form) -> None:
        fund, indicator = (
            _row_called(_rows(form, table), table, number, name) if number else 0
            for table, number, name in (
                ("funds", correction.fund, correction.fund_name),
                ("indicators", correction.indicator, correction.indicator_name),
            )
        )
        if fund is None or indicator is None:
            raise NotApplied(CONFLICT, t("the row where it begins is not read any more"))
        if max(fund, indicator) == 0:
            raise CorrectionError("correction.split", t("the second form needs at least one row"))
        if form.is_added:
            raise CorrectionError("correction.split", t("an added form is not split: add another one"))
        self.found.insert(self.found.index(form) + 1, edit.split(form, fund, indicator))

    @apply.register
    def _(self, correction: Merge, form: Form) -> None:
        if form.is_added:
            raise CorrectionError("correction.merge", t("an added form is not merged: add its rows"))
        place = self.found.index(form) + 1
        rest = self.found[place] if place < len(self.found) else None
        if rest is None or (rest.page_first, form_name(rest)) != (correction.next_page, correction.next_name):
            raise NotApplied(CONFLICT, t("another form comes next now"))
        del self.found[place]
        edit.merge(form, rest)

    @apply.register
    def _(self, correction: Reviewed, form: Form) -> None:
        if seen(_form_row(form), fund_rows(form, ""), indicator_rows(form, "")) != correction.read:
            raise NotApplied(CONFLICT, t("other values are read now: compare the form with its page again"))
        form.reviewed = True


def _form_row(form: Form) -> Row:
    return form_row(form, "", "", ())


def _rows(form: Form, table: str) -> Sequence[Row]:
    return _ROWS[table](form, "")


_ROWS = {"funds": fund_rows, "indicators": indicator_rows, "tasks": task_rows}


def _add_task(form: Form, after: int, task: Task, fields: Iterable[str]) -> None:
    if any(all(getattr(other, name) == getattr(task, name) for name in fields) for other in form.tasks):
        raise NotApplied(NEEDLESS, t("the task is read by now"))
    edit.insert(form, after, task)


def _number(table: str, row: Row) -> int:
    number = row[NUMBERS[table]] if table in NUMBERS else 0
    assert isinstance(number, int)
    return number


def _find_row(rows: Sequence[Row], correction: Value) -> Row:
    """The row of a corrected value: by number and name, else by name, else by number where the text is as it was."""
    table = correction.table
    if table == "forms":
        return rows[0]
    number = _row_called(rows, table, correction.row, correction.row_name)
    if number is None:
        there = rows[correction.row - 1 : correction.row]
        if not there or correction.read is None or text_of(table, there[0], correction.field) != correction.read:
            raise NotApplied(CONFLICT, t("there is no row {row_name} any more", row_name=quoted(correction.row_name)))
        number = correction.row
    return rows[number - 1]


def _row_called(rows: Sequence[Row], table: str, number: int, name: str | None) -> int | None:
    """The number of the row of a name; of several the one that has `number`."""
    called = [_number(table, row) for row in rows if name_of(table, row) == name]
    return called[0] if len(called) == 1 else number if number in called else None


def _place_of(rows: Sequence[Row], table: AddableTable, after: int, name: str | None) -> int:
    """The number of the row to insert behind: the row of that name, else the row of that number, else the last."""
    check_after(after)
    found = _row_called(rows, table, after, name) if after else 0
    return min(after, len(rows)) if found is None else found
