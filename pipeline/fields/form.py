"""Converts raw forms to typed forms: amounts in yuan, dates, targets, codes, names, fiscal year, with their places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from pipeline.fields.dates import PrintedDate, parse_dates, parse_year
from pipeline.fields.levels import classify, names_several, split_levels, split_pair
from pipeline.fields.model import AMOUNTS_OF_TASKS, Doubt, Form, Fund, Indicator, Provenance, Task, sources_of
from pipeline.fields.money import money_unit, own_unit, parse_amount, parse_number
from pipeline.fields.names import split_organ, split_project
from pipeline.fields.options import parse_options
from pipeline.fields.targets import Target, parse_target
from pipeline.forms.dictionary import Taxonomy
from pipeline.forms.model import OtherValue, RawForm, RawFund, RawIndicator, RawTask, Value
from pipeline.forms.roles import LEVELS, NAMES, Field, Role, Scope
from pipeline.messages import t
from pipeline.tables.model import Box

_HINT = re.compile(r"[(（](?:限|不超过)?\d{2,4}字(?:以内|内|左右)?[)）]")  # left in a cell by its template
COLUMNS_OF_INDICATORS = {
    role: role.value for role in (*NAMES, Role.WEIGHT, Role.ACTUAL, Role.SCORE, Role.DEVIATION_REASON, Role.REMARK)
}
"""The roles that have a column of the same name in the table of indicators."""
# Roles as constants: Python 3.11 needs a quarter of a microsecond for each `Role.NAME`, and indicators are many.
_TEXTS = (*NAMES, Role.ACTUAL, Role.DEVIATION_REASON, Role.REMARK)
_TOTALS = (Role.WEIGHT, Role.SCORE)
_PLACES = (Role.LEVEL3, Role.TARGET)  # where an indicator stands, the first that is printed
TARGET_CELLS = {  # a target's cells from left to right
    "target": (Role.OPERATOR, Role.TARGET, Role.UNIT),
    "lifetime_target": (Role.LIFETIME_OPERATOR, Role.LIFETIME_TARGET, Role.LIFETIME_UNIT),
}

GOALS: dict[Scope, str] = {"lifetime": "lifetime_goal", "annual": "annual_goal"}


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
    form.put("title", raw.title.text if raw.title else None, raw.title)
    form.place = raw.title.parts[0] if raw.title else next((v.parts[0] for v in raw.fields.values()), None)
    _names(form, raw)
    _kinds(form, raw)
    _year(form, raw)
    _dates(form, raw)
    _funds(form, raw)
    for scope, name in GOALS.items():
        if (goal := raw.goals.get(scope)) and (text := _HINT.sub("", goal.text).strip()):
            form.put(name, text, goal)
        if actual := raw.goals_actual.get(scope):
            form.put(f"{name}_actual", actual.text, actual)
    form.total_weight, score = (_number(raw.totals.get(role)) for role in _TOTALS)
    if score is not None:
        form.put("total_score", score, raw.totals[Role.SCORE])
    form.total_place = next((value.parts[0] for value in raw.totals.values()), None)
    form.indicators = [_indicator(form, row, taxonomy) for row in _apart(form, raw.indicators, taxonomy)]
    form.tasks = tuple(_task(form, task) for task in raw.tasks)
    form.others = tuple(sorted([*raw.others, *_without_column(form, raw)], key=_reading_order))
    return form


def _reading_order(other: OtherValue) -> tuple[float, ...]:
    return (other.page, other.box.y0, other.box.x0)


def _task(form: Form, raw: RawTask) -> Task:
    texts = {name: value.text for name, value in raw.cells.items()}
    unit = raw.unit or form.amount_unit
    total, fiscal, other = (parse_amount(texts[name], unit) if name in texts else None for name in AMOUNTS_OF_TASKS)
    name, content, result = (texts.get(name) for name in ("name", "content", "expected_result"))
    return Task(raw.page, _sources(form, raw.cells.items()), name, content, total, fiscal, other, result)


def _without_column(form: Form, raw: RawForm) -> Iterator[OtherValue]:
    """Fields without a column, such as a unit's code, and those whose text fits no column (1年, 长期)."""
    unused: set[Box | None] = {value.parts[0].box for value in raw.fields.values()}
    unused.difference_update(other.box for other in raw.others)
    for _, _, sources in sources_of(form):  # fields come first, so this seldom reaches the rows
        if not unused:
            return
        unused.difference_update([part.box for found in sources.values() for part in found.parts])
    for name, value in raw.fields.items():
        if value.parts[0].box in unused:
            yield OtherValue(raw.labels.get(name, name), value.text, value.page, value.parts[0].box)


def _names(form: Form, raw: RawForm) -> None:
    for code_field in (Field.PROJECT_CODE, Field.DEPARTMENT_CODE):
        if value := raw.fields.get(code_field):
            form.put(code_field.value, "".join(value.text.split()), value)  # a code that wraps is one code
    if name_value := raw.fields.get(Field.PROJECT_NAME):
        code, project = split_project(name_value.text)
        form.put("project_name", project, name_value)
        if code and form.project_code is None:
            form.put("project_code", code, name_value)
    for organ_field in (Field.DEPARTMENT, Field.IMPLEMENTING_UNIT):
        organ = raw.fields.get(organ_field) or raw.context_fields.get(organ_field)
        if organ is None:
            continue
        field_name = organ_field.value
        code, text = split_organ(organ.text)
        form.put(field_name, text, organ)
        if field_name == "department" and code and form.department_code is None:
            form.put("department_code", code, organ)
    if form.of_department and form.department is None and form.implementing_unit is not None:
        form.department, form.implementing_unit = form.implementing_unit, None
        renamed = {"implementing_unit": "department"}
        form.sources = {renamed.get(name, name): found for name, found in form.sources.items()}


def _kinds(form: Form, raw: RawForm) -> None:
    for kind_field in (Field.PROJECT_CATEGORY, Field.PROJECT_NATURE):
        if value := raw.fields.get(kind_field):
            form.put(kind_field.value, _ticked(form, kind_field.value, value), value)


def _ticked(form: Form, name: str, value: Value) -> str:
    """The ticked option; the whole text where there are no check boxes, or where none or several are ticked."""
    options = parse_options(value.text)
    if options is None:
        return value.text
    if len(options.ticked) == 1:
        return options.ticked[0]
    ticked = t("{count} of the {count2}", count=len(options.ticked), count2=len(options.names))
    form.doubts.append(Doubt("unclear_options", name, value.text, value.parts[0], ticked))
    return value.text


def _year(form: Form, raw: RawForm) -> None:
    """The form's own year: its year line, a field, or its title."""
    for value in (raw.year_line, raw.fields.get(Field.FISCAL_YEAR), raw.title):
        if value is not None and (year := parse_year(value.text)):
            form.put("fiscal_year", year, value)
            return


def _dates(form: Form, raw: RawForm) -> None:
    start, end = raw.fields.get(Field.START_DATE), raw.fields.get(Field.END_DATE)
    if start is None and end is None and (period := raw.fields.get(Field.PERIOD)):
        dates = parse_dates(period.text)
        if dates:
            _date(form, "start_date", dates[0], period, first=True)
            if len(dates) > 1 or dates[0].precision != "day":  # 2026年 lasts until its end
                _date(form, "end_date", dates[-1], period, first=False)
        return
    for name, value, first in (("start_date", start, True), ("end_date", end, False)):
        if value is not None and (found := parse_dates(value.text)):
            _date(form, name, found[0], value, first)


def _date(form: Form, name: str, found: PrintedDate, value: Value, first: bool) -> None:
    form.put(name, found.first() if first else found.last(), value)
    if found.precision != "day":
        form.doubts.append(Doubt("imprecise_date", name, value.text, value.parts[0], found.precision))


def _funds(form: Form, raw: RawForm) -> None:
    unit = raw.unit
    units = (u for f in raw.funds if (u := f.unit or money_unit(f.label) or own_unit(f.amount.text)))
    form.put("amount_unit", unit.text if unit else next(units, None), unit)
    form.funds = [_fund(form, fund, fund.scope or raw.layout.fund_scope) for fund in raw.funds]


def _fund(form: Form, fund: RawFund, scope: str) -> Fund:
    printed = {"amount": fund.amount, "execution_rate": fund.rate, "score": fund.score}
    return Fund(
        scope,
        fund.source,
        fund.label,
        parse_amount(fund.amount.text, fund.unit or money_unit(fund.label) or form.amount_unit),
        fund.amount.text,
        _number(fund.rate),
        _number(fund.score),
        _number(fund.weight),
        fund.amount.parts[0],
        fund.item,
        _sources(form, printed.items()),
    )


def _sources(form: Form, printed: Iterable[tuple[str, Value | None]]) -> dict[str, Provenance]:
    """The provenance of a row's fields; clipped texts become doubts of the form."""
    found: dict[str, Provenance] = {}
    for name, value in printed:
        if value is not None:
            form.doubt_clipped(name, value)
            found[name] = Provenance(value.parts)
    return found


def _number(value: Value | None) -> Decimal | None:
    return parse_number(value.text) if value is not None else None


def _apart(form: Form, rows: Iterable[RawIndicator], taxonomy: Taxonomy) -> Iterator[RawIndicator]:
    """The rows of one indicator each; of one that holds several the form keeps a doubt."""
    for row in rows:
        levels = (row.cells[role] for role in LEVELS if role in row.cells)
        mixed = next(
            (x for x in levels if split_pair(taxonomy, x.text) is None and names_several(taxonomy, x.text)), None
        )
        if mixed is None:
            if row.is_several:
                name = row.cells[Role.LEVEL3]
                form.doubts.append(Doubt("several_rows", "indicators", name.text, name.parts[0]))
            yield row
        else:
            form.doubts.append(Doubt("mixed_rows", "indicators", mixed.text, mixed.parts[0]))


def _indicator(form: Form, row: RawIndicator, taxonomy: Taxonomy) -> Indicator:
    cells = _levels_apart(row.cells, taxonomy)
    texts = {role: value.text for role, value in cells.items()}
    printed = [(column, cells[role]) for role, column in COLUMNS_OF_INDICATORS.items() if role in cells]
    targets: dict[str, Target] = {}
    for name, roles in TARGET_CELLS.items():
        operator, value, unit = map(texts.get, roles)
        targets[name] = parse_target(value, operator, unit)
        if operator or value or unit:
            printed.append((name, _target_place(cells, roles)))
    level1, level2, level3, actual, deviation_reason, remark = map(texts.get, _TEXTS)
    weight, score = map(cells.get, _TOTALS)
    levels = classify(taxonomy, level1, level2)
    return Indicator(
        level1,
        level2,
        level3,
        levels.level1_code,
        levels.level2_code,
        levels.inferred_level1 is not None,
        levels.belongs,
        targets["target"],
        targets["lifetime_target"].text,
        _number(weight),
        actual,
        parse_target(actual).value if actual is not None else None,
        _number(score),
        deviation_reason,
        remark,
        row.page,
        next((cells[role] for role in _PLACES if role in cells), next(iter(cells.values()))).parts[0],
        _sources(form, printed),
    )


def _levels_apart(cells: Mapping[Role, Value], taxonomy: Taxonomy) -> Mapping[Role, Value]:
    """The cells of an indicator; levels that share one cell are split."""
    apart: dict[Role, Value] = {}
    level1, level2, level3 = NAMES
    if level1 not in cells and (whole := cells.get(level3)) and (split := split_levels(taxonomy, whole.text)):
        apart = dict(zip(NAMES, (Value(part, whole.parts) for part in split), strict=True))
    elif (level1 in cells) != (level2 in cells):
        whole = cells[level1] if level1 in cells else cells[level2]
        if pair := split_pair(taxonomy, whole.text):
            apart = dict(zip(NAMES, (Value(part, whole.parts) for part in pair), strict=False))
    return {**cells, **apart} if apart else cells


def _target_place(cells: Mapping[Role, Value], roles: Sequence[Role]) -> Value:
    """The parts of a target's cells; the text is that of the parsed target."""
    return Value("", tuple([part for role in roles if role in cells for part in cells[role].parts]))


def amount_columns(form: Form) -> Iterator[tuple[str, Decimal | None]]:
    """The amount columns of the forms table: the first fund line of each scope and source."""
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
    """Give the document's value to the forms that do not print one, marked as inferred."""
    for form in forms:
        if getattr(form, name) is None and value is not None:
            form.put(name, value, place, "inferred")
