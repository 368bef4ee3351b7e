"""Checks the sums and the plausibility of a form's amounts. Amounts are never changed: findings name the difference."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from pipeline.document.checks.model import Finding, at
from pipeline.fields.model import AMOUNTS_OF_TASKS, Form, Fund
from pipeline.fields.money import YUAN
from pipeline.messages import t
from pipeline.text import key

SCOPES = ("lifetime", "annual", "initial_budget", "adjusted_budget", "executed")
BROKEN = re.compile(r"\d\s+\d")
ROUNDING = Decimal("0.01")  # sums are printed with at least two decimals; each part may be off by half of the last


def check_funds(form: Form) -> Iterator[Finding]:
    """Findings of rules `funds.*` for one form."""
    yield from _unreadable(form)
    yield from _units(form)
    yield from _tasks(form)
    for fund in form.funds:
        if fund.amount is not None and BROKEN.search(fund.amount_text):
            message = t(
                "{label}: {amount_text!r} has a blank inside; a character may be missing",
                label=fund.label,
                amount_text=fund.amount_text,
            )
            yield at(form.form_no, "funds.broken_number", "error", message, fund.place, fund.amount_text)
    for found in fund_sums(form):
        yield from _sum(form.form_no, found)
    yield from _year_against_life(form)


def _units(form: Form) -> Iterator[Finding]:
    """Amounts without a unit; `fields.units` says what was made of them."""
    for doubt in form.doubts:
        match doubt.kind:
            case "unit_continued":
                message = t(
                    "no unit is printed with the amounts; the table that is continued here prints {detail}",
                    detail=doubt.detail,
                )
                yield at(form.form_no, "funds.unit_continued", "info", message, doubt.place)
            case "unit_guessed":
                message = t(
                    "no unit is printed with the amounts; other forms of the document print {detail}, which was taken",
                    detail=doubt.detail,
                )
                yield at(form.form_no, "funds.unit_unknown", "error", message, doubt.place)
            case "unit_unknown":
                message = t(
                    "no unit is printed with the amounts; other forms of the document print {detail}; "
                    "the amounts are null",
                    detail=doubt.detail,
                )
                yield at(form.form_no, "funds.unit_unknown", "error", message, doubt.place)
            case "unit_differs":
                message = t(
                    "no unit is printed with the amounts; other forms of the document print {detail}, "
                    "and these were taken as yuan",
                    detail=doubt.detail,
                )
                yield at(form.form_no, "funds.no_unit", "error", message, doubt.place)
    is_told = any(doubt.field == "amount_unit" for doubt in form.doubts)
    if form.amount_unit is None and not is_told and any(f.amount is not None for f in form.funds):
        message = t("no unit is printed with the amounts; they were taken as yuan")
        yield at(form.form_no, "funds.no_unit", "warning", message, form.funds[0].place)


def _unreadable(form: Form) -> Iterator[Finding]:
    nobodys = any(doubt.kind == "unit_unknown" for doubt in form.doubts)
    for fund in form.funds:
        if not nobodys and fund.amount is None and key(fund.amount_text).strip("-/*"):
            yield at(
                form.form_no,
                "funds.not_a_number",
                "error",
                t("{label}: {amount_text!r} is not an amount", label=fund.label, amount_text=fund.amount_text),
                fund.place,
                fund.amount_text,
            )


def _tasks(form: Form) -> Iterator[Finding]:
    """Amounts of tasks that are no numbers."""
    for number, task in enumerate(form.tasks, start=1):
        for name in AMOUNTS_OF_TASKS:
            found = task.sources.get(name)
            if found is not None and getattr(task, name) is None and key(found.text).strip("-/*"):
                message = t(
                    "task {number}, {value}: {text!r} is not an amount",
                    number=number,
                    value=task.name or "",
                    text=found.text,
                )
                yield at(form.form_no, "funds.not_a_number", "error", message, found.parts[0], found.text)


class FundSum(NamedTuple):
    """A printed total of one scope and its parts. `slack`: by how much the sum `added` may differ, in yuan.

    `lines` are the numbers of the total and of the parts that print an amount other than zero.
    """

    scope: str
    total: Fund
    parts: list[Fund]
    added: Decimal
    slack: Decimal
    lines: tuple[int, ...]


def fund_sums(form: Form) -> Iterator[FundSum]:
    """The totals of a form whose parts are printed, by scope; none for a department-wide form."""
    if form.form_kind == "department_overall":
        return
    printed = [(n, f) for n, f in enumerate(form.funds, start=1) if f.amount is not None]
    for scope in SCOPES if len(printed) > 1 else ():
        funds = [(n, f) for n, f in printed if f.scope == scope]
        totals = [(n, f) for n, f in funds if f.source == "total"]
        parts = [(n, f) for n, f in funds if f.source != "total" and not f.item]
        if len(totals) == 1 and parts:
            added = sum((f.amount or Decimal(0) for _, f in parts), Decimal(0))
            slack = ROUNDING * YUAN["万元"] * len(parts) if form.amount_unit == "万元" else ROUNDING
            lines = tuple(n for n, f in (*totals, *parts) if f.amount)
            yield FundSum(scope, totals[0][1], [f for _, f in parts], added, slack, lines)


def _sum(form_no: int, found: FundSum) -> Iterator[Finding]:
    total, parts = found.total, found.parts
    printed = total.amount or Decimal(0)
    if abs(printed - found.added) > found.slack:
        severity = "error" if len({f.source for f in parts}) == len(parts) else "warning"
        terms = " + ".join(f"{f.label} {f.amount:,}" for f in parts)
        message = t(
            "{label} {printed:,} differs from {terms} = {added:,} by {difference:,} yuan",
            label=total.label,
            printed=printed,
            terms=terms,
            added=found.added,
            difference=printed - found.added,
        )
        yield at(form_no, f"funds.{found.scope}_sum", severity, message, total.place, total.amount_text)


def _year_against_life(form: Form) -> Iterator[Finding]:
    life = next((f for f in form.funds if f.scope == "lifetime" and f.source == "total"), None)
    year = next((f for f in form.funds if f.scope == "annual" and f.source == "total"), None)
    if life is None or year is None or life.amount is None or year.amount is None:
        return
    if year.amount > life.amount:
        yield at(
            form.form_no,
            "funds.year_over_life",
            "error",
            t(
                "{label} {amount:,} is more than {label2} {amount2:,}",
                label=year.label,
                amount=year.amount,
                label2=life.label,
                amount2=life.amount,
            ),
            year.place,
            year.amount_text,
        )
    single = form.start_date and form.end_date and form.start_date.year == form.end_date.year
    if single and life.amount > year.amount:
        message = t(
            "{label} {amount:,} is more than {label2} {amount2:,} in a project of one year",
            label=life.label,
            amount=life.amount,
            label2=year.label,
            amount2=year.amount,
        )
        yield at(form.form_no, "funds.life_over_single_year", "info", message, life.place, life.amount_text)
