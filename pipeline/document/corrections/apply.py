"""Applies corrections to the forms of a document, after they are understood and before they are checked.

So everything follows from a correction as if it had been read: amounts in yuan, codes, sums, findings. A correction
whose text is not what is read any more changes nothing and is told by a finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import singledispatchmethod

from pipeline.document.checks.model import Finding, at
from pipeline.document.corrections import edit
from pipeline.document.corrections.describe import describe
from pipeline.document.corrections.fields import NUMBERS, name_of, seen, text_of, texts_of
from pipeline.document.corrections.model import (
    AddRow,
    Correction,
    CorrectionError,
    FormCorrection,
    Merge,
    RemoveRow,
    Reviewed,
    RowTable,
    Split,
    Value,
)
from pipeline.document.corrections.stale import (
    CONFLICT,
    NEEDLESS,
    NotApplied,
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
    set_form_value,
    with_fund_value,
    with_indicator_value,
)
from pipeline.document.rows import form_row, fund_rows, indicator_rows
from pipeline.fields.model import Form
from pipeline.forms.dictionary import Taxonomy
from pipeline.messages import t

Row = Mapping[str, object]


def corrected(
    forms: Sequence[Form], corrections: Iterable[FormCorrection], taxonomy: Taxonomy
) -> tuple[list[Form], list[Finding]]:
    """The forms after all corrections in their order, renumbered, and findings about corrections that did not fit.

    `correction.conflict`: something else is read now, and the correction was not applied. `correction.needless`: what
    is read now says the same. The given forms are changed.
    """
    document = _Document(list(forms), taxonomy)
    told: list[tuple[Form | None, Finding]] = []
    for correction in corrections:
        form = document.find(correction)
        try:
            if form is None:
                raise NotApplied(
                    CONFLICT, t("no form of that name begins on page {page} any more", page=correction.page)
                )
            document.apply(correction, form)
        except (NotApplied, CorrectionError) as error:
            told.append((form, _finding(correction, reason_of(error), form)))
    for number, form in enumerate(document.forms, start=1):
        form.form_no = number
    there = {id(form) for form in document.forms}
    return document.forms, [
        replace(finding, form_no=form.form_no if form is not None and id(form) in there else None)
        for form, finding in told
    ]


def _finding(correction: FormCorrection, stale: NotApplied, form: Form | None) -> Finding:
    message = stale_message(describe(correction), correction, stale)
    text = correction.read if isinstance(correction, Value) else None
    return at(None, stale.rule, severity_of(stale), message, form.place if form is not None else None, text)


def form_name(form: Form) -> str | None:
    """The name of a form in corrections."""
    return name_of("forms", form_row(form, "", "", ()))


@dataclass(slots=True)
class _Document:
    """The forms while corrections are applied."""

    forms: list[Form]
    taxonomy: Taxonomy

    def find(self, correction: Correction) -> Form | None:
        """The form of a correction: by page and name, by number where several fit; None when there is none any more."""
        on_page = [f for f in self.forms if f.page_first == correction.page]
        named = [f for f in on_page if form_name(f) == correction.name]
        if len(named) == 1:
            return named[0]
        return next((f for f in named or on_page if self.forms.index(f) + 1 == correction.form), None)

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
        if any(correction.values.items() <= texts_of(correction.table, row).items() for row in rows):
            raise NotApplied(NEEDLESS, t("the row is read by now"))
        after = _place_of(rows, correction.table, correction.after, correction.after_name)
        page = min(max(correction.row_page, form.page_first), form.page_last)
        edit.insert(form, after, new_fund(page) if correction.table == "funds" else new_indicator(page))
        for field, text in correction.values.items():
            self._set(form, correction.table, after + 1, field, text)
            edit.mark(form, correction.table, after + 1, field, page, text)

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
        self.forms.insert(self.forms.index(form) + 1, edit.split(form, fund, indicator))

    @apply.register
    def _(self, correction: Merge, form: Form) -> None:
        place = self.forms.index(form) + 1
        rest = self.forms[place] if place < len(self.forms) else None
        if rest is None or (rest.page_first, form_name(rest)) != (correction.next_page, correction.next_name):
            raise NotApplied(CONFLICT, t("another form comes next now"))
        del self.forms[place]
        edit.merge(form, rest)

    @apply.register
    def _(self, correction: Reviewed, form: Form) -> None:
        if seen(_form_row(form), fund_rows(form, ""), indicator_rows(form, "")) != correction.read:
            raise NotApplied(CONFLICT, t("other values are read now: compare the form with its page again"))
        form.reviewed = True


def _form_row(form: Form) -> Row:
    return form_row(form, "", "", ())


def _rows(form: Form, table: str) -> Sequence[Row]:
    return fund_rows(form, "") if table == "funds" else indicator_rows(form, "")


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


def _place_of(rows: Sequence[Row], table: RowTable, after: int, name: str | None) -> int:
    """The number of the row to insert behind: the row of that name, else the row of that number, else the last."""
    found = _row_called(rows, table, after, name) if after else 0
    return min(after, len(rows)) if found is None else found
