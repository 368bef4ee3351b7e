"""Raw forms to typed forms: amounts in yuan, dates, targets, codes, names, fiscal year, each with its evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from pipeline.fields.dates import PrintedDate, parse_dates, parse_year
from pipeline.fields.levels import classify, split_levels, split_pair
from pipeline.fields.money import money_unit, own_unit, parse_amount, parse_number
from pipeline.fields.names import split_organ, split_project
from pipeline.fields.options import parse_options
from pipeline.fields.targets import Target, parse_target
from pipeline.forms.dictionary import Taxonomy
from pipeline.forms.model import Part, RawForm, RawIndicator, Unplaced, Unread, Value
from pipeline.forms.reading import UnreadKind
from pipeline.forms.roles import NAMES, Field, Role, Scope
from pipeline.tables.model import Box

_HINT = re.compile(r"[(（](?:限|不超过)?\d{2,4}字(?:以内|内|左右)?[)）]")  # left in a cell by its template
COLUMNS_OF_INDICATORS = {
    role: role.value for role in (*NAMES, Role.WEIGHT, Role.ACTUAL, Role.SCORE, Role.DEVIATION_REASON, Role.REMARK)
}
"""The roles that have a column of the same name in the table of indicators."""
TARGET_CELLS = {  # a target's cells from left to right
    "target": (Role.OPERATOR, Role.TARGET, Role.UNIT),
    "lifetime_target": (Role.LIFETIME_OPERATOR, Role.LIFETIME_TARGET, Role.LIFETIME_UNIT),
}

GOALS: dict[Scope, str] = {"lifetime": "lifetime_goal", "annual": "annual_goal"}


class Evidence(NamedTuple):
    """Where a value was read: one a part. `row_no` is 0 for the form itself."""

    table: str
    row_no: int
    field: str
    part_no: int
    part: Part | Unplaced
    inferred: bool = False
    corrected: bool = False


class Fund(NamedTuple):
    """An amount line in yuan; `amount` is None where something is printed that is no number."""

    line_no: int
    scope: str
    source: str
    label: str
    amount: Decimal | None
    amount_text: str
    execution_rate: Decimal | None
    score: Decimal | None
    weight: Decimal | None  # points that the execution rate is worth
    place: Part | Unplaced
    item: bool = False  # a share by purpose, which is no source of money


class Indicator(NamedTuple):
    """An indicator row, texts as printed, numbers understood."""

    indicator_no: int
    level1: str | None
    level2: str | None
    level3: str | None
    level1_code: str | None
    level2_code: str | None
    level_inferred: bool
    belongs: bool
    target: Target
    lifetime_target: str | None
    weight: Decimal | None
    actual: str | None
    actual_value: Decimal | None
    score: Decimal | None
    deviation_reason: str | None
    remark: str | None
    page: int
    place: Part | Unplaced


@dataclass(slots=True)
class Form:
    """One form with its values understood."""

    form_no: int
    form_kind: str
    layout: str
    page_first: int
    page_last: int
    title: str | None = None
    fiscal_year: int | None = None
    project_name: str | None = None
    project_code: str | None = None
    project_category: str | None = None
    project_nature: str | None = None
    department: str | None = None
    department_code: str | None = None
    implementing_unit: str | None = None
    start_date: date | None = None
    end_date: date | None = None
    amount_unit: str | None = None
    lifetime_goal: str | None = None
    annual_goal: str | None = None
    funds: list[Fund] = field(default_factory=list)
    indicators: list[Indicator] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    unread: tuple[Unread, ...] = ()
    imprecise_dates: list[tuple[str, Part]] = field(default_factory=list)
    unclear_options: list[tuple[str, Part]] = field(default_factory=list)
    clipped: list[tuple[str, Part]] = field(default_factory=list)
    total_weight: Decimal | None = None  # as the row below the indicators sums up
    total_score: Decimal | None = None
    total_place: Part | None = None
    place: Part | Unplaced | None = None
    of_department: bool = False  # no project's form, but a department's as a whole
    reviewed: bool = False  # a person has compared it with its page

    def note(
        self, name: str, value: Value | None, inferred: bool = False, table: str = "forms", row_no: int = 0
    ) -> None:
        """Record where a value stood."""
        if value is not None:
            if value.clipped:
                self.clipped.append((name, value.parts[0]))
            for i, part in enumerate(value.parts, start=1):
                self.evidence.append(Evidence(table, row_no, name, i, part, inferred))

    def total(self, scope: str, source: str) -> Decimal | None:
        """The amount of the first line of a scope and source."""
        return next(
            (
                f.amount
                for f in self.funds
                if f.scope == scope and f.source == source and f.amount is not None and not f.item
            ),
            None,
        )


def understand(raw: RawForm, form_no: int, taxonomy: Taxonomy) -> Form:
    """A typed form from a raw one."""
    form = Form(
        form_no,
        "project_narrative" if raw.in_prose else raw.layout.form_kind,
        raw.layout.id,
        raw.page_first,
        raw.page_last,
        unread=tuple(raw.unread),
        of_department=raw.layout.of_department,
    )
    form.title = raw.title.text if raw.title else None
    form.note("title", raw.title)
    form.place = raw.title.parts[0] if raw.title else next((v.parts[0] for v in raw.fields.values()), None)
    _names(form, raw)
    _kinds(form, raw)
    _year(form, raw)
    _dates(form, raw)
    _funds(form, raw)
    for scope, name in GOALS.items():
        if (goal := raw.goals.get(scope)) and (text := _HINT.sub("", goal.text).strip()):
            setattr(form, name, text)
            form.note(name, goal)
    form.total_weight, form.total_score = (_number(raw.totals.get(role)) for role in (Role.WEIGHT, Role.SCORE))
    form.total_place = next((value.parts[0] for value in raw.totals.values()), None)
    form.indicators = [_indicator(form, i, row, taxonomy) for i, row in enumerate(raw.indicators, start=1)]
    form.unread += tuple(_not_carried(form, raw))
    return form


def _not_carried(form: Form, raw: RawForm) -> Iterator[Unread]:
    """Fields without a column, such as a unit's code, and those that say nothing a column can hold (1年, 长期)."""
    untold: set[Box | None] = {value.parts[0].box for value in raw.fields.values()}
    untold.difference_update(unread.box for unread in form.unread)
    for evidence in form.evidence:  # that of fields comes first
        if not untold:
            return
        untold.discard(evidence.part.box)
    for name, value in raw.fields.items():
        if value.parts[0].box in untold:
            yield Unread(UnreadKind.IGNORED, f"{name}: {value.text}", value.page, value.parts[0].box)


def _names(form: Form, raw: RawForm) -> None:
    for code_field in (Field.PROJECT_CODE, Field.DEPARTMENT_CODE):
        if value := raw.fields.get(code_field):
            setattr(form, code_field.value, value.text)
            form.note(code_field.value, value)
    if name_value := raw.fields.get(Field.PROJECT_NAME):
        code, form.project_name = split_project(name_value.text)
        form.note("project_name", name_value)
        if code and form.project_code is None:
            form.project_code = code
            form.note("project_code", name_value)
    for organ_field in (Field.DEPARTMENT, Field.IMPLEMENTING_UNIT):
        organ = raw.fields.get(organ_field) or raw.context_fields.get(organ_field)
        if organ is None:
            continue
        field_name = organ_field.value
        code, text = split_organ(organ.text)
        setattr(form, field_name, text)
        form.note(field_name, organ)
        if field_name == "department" and code and form.department_code is None:
            form.department_code = code
            form.note("department_code", organ)
    if form.of_department and form.department is None and form.implementing_unit is not None:
        form.department, form.implementing_unit = form.implementing_unit, None
        form.evidence = [
            Evidence(e.table, e.row_no, "department", e.part_no, e.part, e.inferred)
            if e.field == "implementing_unit"
            else e
            for e in form.evidence
        ]


def _kinds(form: Form, raw: RawForm) -> None:
    for kind_field in (Field.PROJECT_CATEGORY, Field.PROJECT_NATURE):
        if value := raw.fields.get(kind_field):
            name = kind_field.value
            setattr(form, name, _ticked(form, name, value))
            form.note(name, value)


def _ticked(form: Form, name: str, value: Value) -> str:
    """The option that is ticked; the whole text where there are no check boxes, or where not just one is ticked."""
    options = parse_options(value.text)
    if options is None:
        return value.text
    if len(options.ticked) == 1:
        return options.ticked[0]
    message = f"{len(options.ticked)} of the {len(options.names)} options of {name} are ticked: {value.text}"
    form.unclear_options.append((message, value.parts[0]))
    return value.text


def _year(form: Form, raw: RawForm) -> None:
    """The form's own year: its year line, a field, or its title."""
    for value in (raw.year_line, raw.fields.get(Field.FISCAL_YEAR), raw.title):
        if value is not None and (year := parse_year(value.text)):
            form.fiscal_year = year
            form.note("fiscal_year", value)
            return


def _dates(form: Form, raw: RawForm) -> None:
    start, end = raw.fields.get(Field.START_DATE), raw.fields.get(Field.END_DATE)
    if start is None and end is None and (period := raw.fields.get(Field.PERIOD)):
        dates = parse_dates(period.text)
        if dates:
            _date(form, "start_date", dates[0], period, first=True)
            if len(dates) > 1 or dates[0].precision != "day":  # 2026年 is the whole of it
                _date(form, "end_date", dates[-1], period, first=False)
        else:
            form.unread += (
                Unread(UnreadKind.IGNORED, f"project period: {period.text}", period.page, period.parts[0].box),
            )
        return
    for name, value, first in (("start_date", start, True), ("end_date", end, False)):
        if value is not None and (found := parse_dates(value.text)):
            _date(form, name, found[0], value, first)


def _date(form: Form, name: str, found: PrintedDate, value: Value, first: bool) -> None:
    setattr(form, name, found.first() if first else found.last())
    form.note(name, value)
    if found.precision != "day":
        form.imprecise_dates.append((f"{name} is printed to the {found.precision} only: {value.text}", value.parts[0]))


def _funds(form: Form, raw: RawForm) -> None:
    unit = raw.unit
    units = (u for f in raw.funds if (u := money_unit(f.label) or own_unit(f.amount.text)))
    form.amount_unit = unit.text if unit else next(units, None)
    form.note("amount_unit", unit)
    scope_above = raw.layout.fund_scope
    for number, fund in enumerate(raw.funds, start=1):
        scope = fund.scope or scope_above
        amount = parse_amount(fund.amount.text, money_unit(fund.label) or form.amount_unit)
        form.funds.append(
            Fund(
                number,
                scope,
                fund.source,
                fund.label,
                amount,
                fund.amount.text,
                _number(fund.rate),
                _number(fund.score),
                _number(fund.weight),
                fund.amount.parts[0],
                fund.item,
            )
        )
        form.note("amount", fund.amount, table="funds", row_no=number)
        form.note("execution_rate", fund.rate, table="funds", row_no=number)
        form.note("score", fund.score, table="funds", row_no=number)


def _number(value: Value | None) -> Decimal | None:
    return parse_number(value.text) if value is not None else None


def _indicator(form: Form, number: int, row: RawIndicator, taxonomy: Taxonomy) -> Indicator:
    cells = _levels_apart(row.cells, taxonomy)
    texts = {role: value.text for role, value in cells.items()}
    for role, column in COLUMNS_OF_INDICATORS.items():
        if role in cells:
            form.note(column, cells[role], table="indicators", row_no=number)
    targets: dict[str, Target] = {}
    for name, roles in TARGET_CELLS.items():
        operator, value, unit = map(texts.get, roles)
        targets[name] = parse_target(value, operator, unit)
        if operator or value or unit:
            form.note(name, _target_place(cells, roles), table="indicators", row_no=number)
    level1, level2, actual = texts.get(Role.LEVEL1), texts.get(Role.LEVEL2), texts.get(Role.ACTUAL)
    levels = classify(taxonomy, level1, level2)
    return Indicator(
        number,
        level1,
        level2,
        texts.get(Role.LEVEL3),
        levels.level1_code,
        levels.level2_code,
        levels.inferred_level1 is not None,
        levels.belongs,
        targets["target"],
        targets["lifetime_target"].text,
        _number(cells.get(Role.WEIGHT)),
        actual,
        parse_target(actual).value if actual is not None else None,
        _number(cells.get(Role.SCORE)),
        texts.get(Role.DEVIATION_REASON),
        texts.get(Role.REMARK),
        row.page,
        (cells.get(Role.LEVEL3) or cells.get(Role.TARGET) or next(iter(cells.values()))).parts[0],
    )


def _levels_apart(cells: Mapping[Role, Value], taxonomy: Taxonomy) -> Mapping[Role, Value]:
    """The cells of an indicator; levels that are printed together in one of them are taken apart."""
    apart: dict[Role, Value] = {}
    if Role.LEVEL1 not in cells and (whole := cells.get(Role.LEVEL3)) and (split := split_levels(taxonomy, whole.text)):
        apart = dict(zip(NAMES, (Value(part, whole.parts) for part in split), strict=True))
    elif (Role.LEVEL1 in cells) != (Role.LEVEL2 in cells):
        whole = cells[Role.LEVEL1] if Role.LEVEL1 in cells else cells[Role.LEVEL2]
        if pair := split_pair(taxonomy, whole.text):
            apart = dict(zip(NAMES, (Value(part, whole.parts) for part in pair), strict=False))
    return {**cells, **apart} if apart else cells


def _target_place(cells: Mapping[Role, Value], roles: Sequence[Role]) -> Value | None:
    found = [cells[role] for role in roles if role in cells]
    return Value("", tuple([part for value in found for part in value.parts])) if found else None


def amount_columns(form: Form) -> Iterator[tuple[str, Decimal | None]]:
    """The amount columns of the forms table, from the fund lines; of one scope and source the first."""
    first: dict[tuple[str, str], Decimal] = {}
    for fund in form.funds:
        if fund.amount is not None and not fund.item:
            first.setdefault((fund.scope, fund.source), fund.amount)
    for scope, sources in (
        ("lifetime", ("total", "fiscal", "other")),
        ("annual", ("total", "fiscal", "carryover", "other")),
    ):
        for source in sources:
            yield f"{scope}_{source}", first.get((scope, source))


def inherit(forms: Sequence[Form], name: str, value: object, place: Value) -> None:
    """Give forms that do not print a value the document's own, marked as inferred."""
    for form in forms:
        if getattr(form, name) is None and value is not None:
            setattr(form, name, value)
            form.note(name, place, inferred=True)
