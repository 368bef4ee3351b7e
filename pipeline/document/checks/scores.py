"""Checks execution rates and scores of self-evaluations against the amounts and points that they are computed from.

Only printed numbers are compared, and nothing is repaired. By 财预〔2020〕10号 the execution rate is worth 10 of 100
points.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from pipeline.document.checks.model import Finding, at
from pipeline.fields.model import Form, Fund
from pipeline.fields.money import last_place, money_unit
from pipeline.messages import NOTHING, OR, joined, t

BUDGETS = ("adjusted_budget", "initial_budget")  # a rate is a share of either; both are in use
BUDGET_WEIGHT = Decimal(10)  # points, where none are printed
POINTS = Decimal("0.1")  # that a score may be off by its rounding
WHOLE = Decimal(100)


def check_scores(form: Form) -> Iterator[Finding]:
    """Findings of rules `funds.execution_rate`, `funds.budget_score` and `indicators.score_sum` for one form."""
    for fund in form.funds:
        if fund.scope == "executed" and fund.execution_rate is not None:
            yield from _rate(form, fund, fund.execution_rate)
            yield from _budget_score(form, fund, fund.execution_rate)
    yield from _score_sum(form)


def _rate(form: Form, executed: Fund, rate: Decimal) -> Iterator[Finding]:
    of = [
        f
        for f in form.funds
        if f.scope in BUDGETS and (f.label, f.source) == (executed.label, executed.source) and f.amount
    ]
    if executed.amount is None or not of or any(_agrees(form, executed, f, rate) for f in of):
        return
    shares = joined(
        OR,
        (
            t("{share:.2f} % of {amount:,}", share=executed.amount / f.amount * WHOLE, amount=f.amount)
            for f in of
            if f.amount
        ),
    )
    message = t(
        "{label}: the printed rate is {rate} %, but {amount:,} yuan are {shares}",
        label=executed.label,
        rate=rate,
        amount=executed.amount,
        shares=shares,
    )
    yield at(form.form_no, "funds.execution_rate", "warning", message, executed.place, executed.amount_text)


def _agrees(form: Form, executed: Fund, budget: Fund, rate: Decimal) -> bool:
    """Whether a rate is the share within the printed precision of all three numbers; 0.98 may stand for 98 %."""
    if executed.amount is None or budget.amount is None:
        return False
    low = (executed.amount - _half(form, executed)) / (budget.amount + _half(form, budget)) * WHOLE
    high = (executed.amount + _half(form, executed)) / max(budget.amount - _half(form, budget), Decimal("0.01")) * WHOLE
    last = Decimal(1).scaleb(int(rate.as_tuple().exponent))
    return any(low - last * n <= rate * n <= high + last * n for n in (1, 100))


def _half(form: Form, fund: Fund) -> Decimal:
    """Half of an amount's last printed place, in yuan."""
    return last_place(fund.amount_text, money_unit(fund.label) or form.amount_unit) / 2


def _budget_score(form: Form, fund: Fund, rate: Decimal) -> Iterator[Finding]:
    if fund.score is None or fund.source != "total":  # a part of it has no points of its own
        return
    weight = BUDGET_WEIGHT if fund.weight is None else fund.weight
    expected = min(rate, WHOLE) / WHOLE * weight
    if abs(fund.score - expected) > POINTS:
        message = t(
            "{label}: score {score} for a rate of {rate} %, worth {expected:.2f} of {weight} points",
            label=fund.label,
            score=fund.score,
            rate=rate,
            expected=expected,
            weight=weight,
        )
        yield at(form.form_no, "funds.budget_score", "warning", message, fund.place)


def _score_sum(form: Form) -> Iterator[Finding]:
    scores = [r.score for r in form.indicators if r.score is not None]
    if form.total_score is None or not scores or any(r.score is None and r.weight for r in form.indicators):
        return
    budget = next((f.score for f in form.funds if f.score is not None), None)
    added = sum(scores, Decimal(0))
    weights = sum((r.weight for r in form.indicators if r.weight is not None), Decimal(0))
    alone = budget is None or weights in (WHOLE, form.total_weight)  # the row may sum up the indicators alone
    sums = ([added] if alone else []) + ([added + budget] if budget is not None else [])
    if all(abs(form.total_score - s) > POINTS for s in sums):
        rate = NOTHING if budget is None else t("; the execution rate has {budget}", budget=budget)
        message = t(
            "the printed total score {total_score} is not the {added} of {count} indicators{rate}",
            total_score=form.total_score,
            added=added,
            count=len(scores),
            rate=rate,
        )
        yield at(form.form_no, "indicators.score_sum", "error", message, form.total_place)
