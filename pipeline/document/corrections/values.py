"""Parses corrected texts as if they were printed: amounts in yuan, dates, targets, levels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from pipeline.document.checks.model import shorten
from pipeline.document.corrections.fields import FIELDS, OF_NEW_ROWS
from pipeline.document.corrections.model import AddableTable, CorrectionError
from pipeline.fields.dates import parse_dates, parse_year
from pipeline.fields.levels import classify
from pipeline.fields.model import AMOUNTS_OF_TASKS, Form, Fund, Indicator, Provenance, Task
from pipeline.fields.money import YUAN, money_unit, parse_amount, parse_number
from pipeline.fields.targets import parse_target
from pipeline.forms.dictionary import Taxonomy
from pipeline.forms.model import Unplaced
from pipeline.messages import t
from pipeline.schema_entries import SCOPES, SOURCES

TOO_LARGE = 100_000_000  # a weight, a score or a rate has at most eight digits before its point
_REQUIRED = {("funds", "scope"), ("funds", "source")}


def check_value(table: str, field: str, text: str | None) -> None:
    """Raises `CorrectionError`, which names the allowed values, when a text is not valid for a field."""
    _check_field(table, field, FIELDS.get(table, ()))
    if text is None:
        if (table, field) in _REQUIRED:
            raise CorrectionError("correction.value", t("{field} must have a value", field=field))
        return
    _check_text(table, field, text)


def _check_field(table: str, field: str, fields: Sequence[str]) -> None:
    if field not in fields:
        raise CorrectionError(
            "correction.field", t("{table} has no field {field!r} that can be corrected", table=table, field=field)
        )


def _check_text(table: str, field: str, text: str) -> None:
    if not text.strip():
        raise CorrectionError(
            "correction.value", t("{field} must not be blank: leave it out where nothing is printed", field=field)
        )
    _check_kind(table, field, text)


def _check_kind(table: str, field: str, text: str) -> None:
    match table, field:
        case _, "start_date" | "end_date":
            _day(text)
        case _, "fiscal_year":
            _year(text)
        case _, "execution_rate" | "score" | "weight" | "total_score":
            _number(text)
        case "tasks", name if name in AMOUNTS_OF_TASKS:  # its text is kept nowhere but in `evidence`
            if parse_amount(text, "元") is None:
                raise CorrectionError(
                    "correction.value", t("{text!r} is no number: leave it out where nothing is printed", text=text)
                )
        case "forms", "amount_unit":
            _one_of(text, YUAN)
        case "funds", "scope":
            _one_of(text, SCOPES)
        case "funds", "source":
            _one_of(text, SOURCES)


def set_form_value(form: Form, field: str, text: str | None) -> None:
    """Set a field of a form to a text that `check_value` accepts, and update the values derived from it."""
    match field:
        case "fiscal_year":
            form.fiscal_year = _year(text) if text else None
        case "start_date":
            form.start_date = _day(text) if text else None
        case "end_date":
            form.end_date = _day(text) if text else None
        case "total_score":
            form.total_score = _number(text) if text else None
        case "amount_unit":
            form.amount_unit = text
            form.funds = [with_fund_value(f, "amount", f.amount_text, text) for f in form.funds]
        case _:
            setattr(form, field, text)


def with_fund_value(fund: Fund, field: str, text: str | None, unit: str | None) -> Fund:
    """The fund with another text and the values derived from it; `unit` is that of the form."""
    match field:
        case "amount":
            amount = parse_amount(text, money_unit(fund.label) or unit) if text else None
            return fund._replace(amount_text=text or "", amount=amount)
        case "label":
            return with_fund_value(fund._replace(label=text or ""), "amount", fund.amount_text, unit)
        case "execution_rate":
            return fund._replace(execution_rate=_number(text) if text else None)
        case "score":
            return fund._replace(score=_number(text) if text else None)
        case _:
            return fund._replace(**{field: text})  # type: ignore[arg-type]


def with_indicator_value(row: Indicator, field: str, text: str | None, taxonomy: Taxonomy) -> Indicator:
    """The indicator with another text and the values derived from it."""
    match field:
        case "level1" | "level2":
            row = row._replace(level1=text) if field == "level1" else row._replace(level2=text)
            levels = classify(taxonomy, row.level1, row.level2)
            codes = row._replace(level1_code=levels.level1_code, level2_code=levels.level2_code)
            return codes._replace(level_inferred=levels.inferred_level1 is not None, belongs=levels.belongs)
        case "target":
            return row._replace(target=parse_target(text))
        case "lifetime_target":
            return row._replace(lifetime_target=parse_target(text).text)
        case "actual":
            return row._replace(actual=text, actual_value=parse_target(text).value if text else None)
        case "weight":
            return row._replace(weight=_number(text) if text else None)
        case "score":
            return row._replace(score=_number(text) if text else None)
        case _:
            return row._replace(**{field: text})  # type: ignore[arg-type]


def new_fund(page: int) -> Fund:
    """An empty amount line, to be filled."""
    return Fund("annual", "other", "", None, "", None, None, None, Unplaced(page, ""))


def new_indicator(page: int) -> Indicator:
    """An empty indicator row, to be filled."""
    nothing = (None,) * 5
    return Indicator(
        *(*nothing, False, True, parse_target(None), None, None, None, None, None, None, None),
        page=page,
        place=Unplaced(page, ""),
    )


def new_task(page: int, values: Mapping[str, str], unit: str | None) -> Task:
    """A task of these texts, its amounts in yuan; `unit` is that of the form."""
    sources = {field: Provenance((Unplaced(page, text),), "corrected") for field, text in values.items()}
    amounts = {name: parse_amount(values[name], unit) for name in AMOUNTS_OF_TASKS if name in values}
    name, content, result = (values.get(field) for field in ("name", "content", "expected_result"))
    return Task(page, sources, name=name, content=content, expected_result=result, **amounts)


def check_new_row(table: AddableTable, values: Mapping[str, str]) -> None:
    """Raises `CorrectionError` when a row of these values cannot be added."""
    if not values:
        raise CorrectionError("correction.row", t("a row needs at least one value"))
    for field, text in values.items():
        _check_field(table, field, OF_NEW_ROWS[table])
        _check_text(table, field, text)
    if table == "funds" and {"scope", "source", "amount"} - values.keys():
        raise CorrectionError("correction.row", t("a row of funds needs scope, source and amount"))


def _number(text: str) -> Decimal:
    number = parse_number(text)
    if number is None or abs(number) >= TOO_LARGE or number.as_tuple().exponent < -4:  # type: ignore[operator]
        told = {"text": shorten(text), "limit": TOO_LARGE}
        raise CorrectionError(
            "correction.value", t("{text!r} is no number below {limit:,} of at most four decimals", **told)
        )
    return number


def _day(text: str) -> date:
    dates = parse_dates(text)
    if len(dates) != 1 or dates[0].precision != "day":
        raise CorrectionError("correction.value", t("{text!r} is no day: write it like 2023-01-31", text=text))
    return dates[0].first()


def _year(text: str) -> int:
    year = parse_year(text)
    if year is None:
        raise CorrectionError("correction.value", t("{text!r} names no year: write it like 2023", text=text))
    return year


def _one_of(text: str, allowed: object) -> None:
    names = sorted(allowed)  # type: ignore[call-overload]
    if text not in names:
        raise CorrectionError("correction.value", t("{text!r} is none of {names}", text=text, names=", ".join(names)))
