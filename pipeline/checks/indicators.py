"""Levels, targets, weights and scores of indicators."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from pipeline.checks.model import Finding, at
from pipeline.fields.form import Form, Indicator

WHOLE, BUDGET = Decimal(100), Decimal(10)  # 财预〔2021〕101号: 100 points, of which 10 may stand for budget execution
UNCLEAR_UNITS = ("万", "亿", "M")  # 万元 or 10,000 of something; metres or megabytes
FUSED = re.compile(r"\d{2}100")  # 88100: 88 of 100, from two cells printed as one
SUSPECT = (Decimal(200), Decimal(300))  # 292% is ≥92% after a bad copy of the sign


def check_indicators(form: Form) -> Iterator[Finding]:
    """Findings of rules `indicators.*` for one form."""
    for row in form.indicators:
        yield from (
            at(form.form_no, f"indicators.{rule}", severity, f"{_name(row)}: {message}", row.place)
            for rule, severity, message in _row(row)
        )
    weights = [r.weight for r in form.indicators if r.weight is not None]
    rest = WHOLE - next((f.weight for f in form.funds if f.weight is not None), BUDGET)
    if weights and sum(weights) not in (WHOLE, rest):
        yield at(
            form.form_no,
            "indicators.weight_sum",
            "warning",
            f"the weights of {len(weights)} indicators add up to {sum(weights)}, not 100 or {rest}",
            form.place,
        )


def _row(row: Indicator) -> Iterator[tuple[str, str, str]]:
    if row.level3 is None:
        yield "no_name", "warning", "a target without the name of its indicator"
    if row.target.kind == "empty" and row.actual is None and row.lifetime_target is None:
        yield "no_target", "warning", "no target is printed"
    elif row.target.kind == "placeholder":
        yield "placeholder", "warning", f"the target {row.target.text!r} is a placeholder"
    if not row.belongs:
        yield "level_mismatch", "warning", f"level 2 {row.level2!r} does not belong to level 1 {row.level1!r}"
    if row.level_inferred:
        yield "level_inferred", "info", f"level 1 is not printed; taken from level 2 {row.level2!r}"
    yield from _percent(row)
    yield from _number(row)
    if row.score is not None and row.weight is not None and row.score > row.weight:
        yield "score_over_weight", "error", f"score {row.score} is more than the weight {row.weight}"


def _percent(row: Indicator) -> Iterator[tuple[str, str, str]]:
    value, operator = row.target.value, row.target.operator
    if row.target.unit != "%" or value is None:
        return
    if operator is None and SUSPECT[0] < value < SUSPECT[1]:
        yield "suspect_sign", "warning", f"{row.target.text!r} may be a ≥ read as 2"
    elif value > 100 and operator in (None, "=", ">=", ">"):
        yield "percent_over_100", "warning", f"the target {row.target.text!r} is more than 100 %"
    elif row.level2_code == "satisfaction" and operator in ("<=", "<"):
        yield "satisfaction_at_most", "warning", f"the target {row.target.text!r} sets an upper limit for satisfaction"


def _number(row: Indicator) -> Iterator[tuple[str, str, str]]:
    if row.target.unit in UNCLEAR_UNITS:
        yield "unclear_unit", "info", f"the unit of the target {row.target.text!r} can mean several things"
    if row.target.kind == "numeric" and FUSED.fullmatch(row.target.text or ""):
        yield "suspect_fused", "warning", f"the target {row.target.text!r} may be two numbers printed as one"


def _name(row: Indicator) -> str:
    return f"indicator {row.indicator_no} {row.level3 or ''}".strip()
