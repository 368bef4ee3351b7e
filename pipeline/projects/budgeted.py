"""Finds the rows of a document's project tables that its forms are about: by code, name, unit and amount.

Rows and forms of one document are compared, forms of one kind at a time, since a project may have a form of each kind.
In doubt, a form has no row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from pipeline.projects.model import ProjectForm
from pipeline.projects.names import Naming, Organ, plain_name
from pipeline.text import key


class ProjectRow(NamedTuple):
    """A body row of a table of projects; `amount` is all its money, in yuan. `unit` is None where none is printed.

    `is_project` is false for a row that may be a unit or a group of projects, where a table has one column for all.
    """

    document_id: str
    table_id: str
    row_no: int
    project_name: str
    project_code: str | None
    unit: Organ | None
    amount: Decimal | None
    is_project: bool = True


class Budgeted(NamedTuple):
    """The row of a form's project, the first of several that are added up, with the method that found it."""

    table_id: str
    row_no: int
    amount: Decimal | None
    method: str


ROUNDING = 100
"""Yuan by which a form in 万元 with two decimals and a table in yuan may differ."""

_FormMark = Callable[[ProjectForm], Hashable | None]
_RowMark = Callable[[ProjectRow], Hashable | None]
_Pair = tuple[ProjectForm, ProjectRow, Decimal | None]
"""A form, its row (the first of several) and the amount of all its rows."""


def budgeted_forms(forms: Collection[ProjectForm], rows: Collection[ProjectRow], naming: Naming) -> dict[str, Budgeted]:
    """The row of each form that has one, by form_id. Forms and rows must be all those of their documents."""
    tables: dict[str, dict[str, list[ProjectRow]]] = defaultdict(lambda: defaultdict(list))
    for row in sorted(rows, key=lambda row: (row.table_id, row.row_no)):
        tables[row.document_id][row.table_id].append(row)
    slots: dict[tuple[str, str], list[ProjectForm]] = defaultdict(list)
    for form in forms:
        if form.document_id in tables and form.plain:
            slots[form.slot].append(form)
    found: dict[str, Budgeted] = {}
    for (document, _), group in slots.items():
        for in_table in tables[document].values():
            left = [form for form in group if form.form_id not in found]
            found |= _of_table(left, in_table, naming)
    return found


def _of_table(forms: Sequence[ProjectForm], rows: Sequence[ProjectRow], naming: Naming) -> dict[str, Budgeted]:
    found: dict[str, Budgeted] = {}
    taken: set[int] = set()
    for method, of_form, of_row in _steps(forms, naming):
        left = [form for form in forms if form.form_id not in found]
        free = [row for row in rows if row.row_no not in taken]
        for form, row, amount in _pairs(left, free, of_form, of_row):
            found[form.form_id] = Budgeted(row.table_id, row.row_no, amount, method)
            taken.add(row.row_no)
    return found


def _steps(forms: Sequence[ProjectForm], naming: Naming) -> Iterator[tuple[str, _FormMark, _RowMark]]:
    """The marks that are the same on a form and its row, the surest first; names are normalised organ by organ."""
    yield "code", lambda form: form.project_code, lambda row: row.project_code
    yield "exact", lambda form: form.exact or None, lambda row: key(row.project_name) or None
    for owner in sorted({form.organ for form in forms}, key=lambda owner: owner.key):
        yield "normalised", _plain_of(owner), _row_plain(owner, naming)


def _plain_of(owner: Organ) -> _FormMark:
    return lambda form: form.plain if form.organ == owner else None


def _row_plain(owner: Organ, naming: Naming) -> _RowMark:
    return lambda row: plain_name(row.project_name, owner, naming) or None


def _pairs(
    forms: Sequence[ProjectForm], rows: Sequence[ProjectRow], of_form: _FormMark, of_row: _RowMark
) -> Iterator[_Pair]:
    """Pairs of forms and rows with the same mark."""
    groups: dict[Hashable, tuple[list[ProjectForm], list[ProjectRow]]] = defaultdict(lambda: ([], []))
    for form in forms:
        if (mark := of_form(form)) is not None:
            groups[mark][0].append(form)
    for row in rows:
        if (mark := of_row(row)) in groups:
            groups[mark][1].append(row)
    for group in groups.values():
        yield from _pairs_of_mark(*group)


def _pairs_of_mark(forms: Sequence[ProjectForm], rows: Sequence[ProjectRow]) -> Iterator[_Pair]:
    """The only form and row of a mark; of several those that alone have the same unit and amount, the same amount, or
    the same unit; at last the only form with several rows whose sum it prints."""
    if len(rows) == 1 and (len(forms) == 1 or _repeat_each_other(forms)):
        yield from ((form, rows[0], rows[0].amount) for form in forms if _may_pair(form, rows[0]))
        return
    left, free = list(forms), list(rows)
    for alike in (_alike_in_both, _same_amount, _same_unit):
        pairs = [
            (form, of_form[0])
            for form in left
            if len(of_form := [row for row in free if alike(form, row)]) == 1
            and sum(alike(other, of_form[0]) for other in left) == 1
        ]
        yield from ((form, row, row.amount) for form, row in pairs)
        paired = {id(one) for pair in pairs for one in pair}
        left = [form for form in left if id(form) not in paired]
        free = [row for row in free if id(row) not in paired]
    total = sum((row.amount or Decimal(0) for row in free), Decimal(0))
    if len(left) == 1 and len(free) > 1 and _prints(left[0], total):
        yield left[0], free[0], total


def _repeat_each_other(forms: Sequence[ProjectForm]) -> bool:
    """Whether forms are the same word for word: one below the department, one below the unit."""
    return len({form.content for form in forms}) == 1 and forms[0].content != ""


def _may_pair(form: ProjectForm, row: ProjectRow) -> bool:
    """Whether nothing speaks against a pair: another unit does, or a row that may be no project, unless the amount
    agrees."""
    unit_agrees = row.unit is None or not form.printed_organ or _same_unit(form, row)
    return (row.is_project and unit_agrees) or _same_amount(form, row)


def _alike_in_both(form: ProjectForm, row: ProjectRow) -> bool:
    return _same_unit(form, row) and _same_amount(form, row)


def _same_unit(form: ProjectForm, row: ProjectRow) -> bool:
    return row.unit is not None and row.unit.key == form.organ.key


def _same_amount(form: ProjectForm, row: ProjectRow) -> bool:
    return row.amount is not None and _prints(form, row.amount)


def _prints(form: ProjectForm, amount: Decimal) -> bool:
    """Whether one of the form's totals is an amount, but for rounding."""
    printed = (form.annual_total, form.lifetime_total, form.initial_budget, form.adjusted_budget)
    return any(abs(total - amount) <= ROUNDING for total in printed if total is not None)
