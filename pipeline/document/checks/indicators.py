"""Checks levels, targets, weights and scores of indicators."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from pipeline.document.checks.model import Finding, at, shorten
from pipeline.fields.model import Form, Indicator
from pipeline.messages import Text, t
from pipeline.text import key

WHOLE, BUDGET = Decimal(100), Decimal(10)  # 财预〔2021〕101号: 100 points, of which 10 may stand for budget execution
UNCLEAR_UNITS = ("万", "亿", "M")  # 万元 or 10,000 of something; metres or megabytes
FUSED = re.compile(r"\d{2}100")  # 88100: 88 of 100, from two cells printed as one
PAIRS = (("(", ")"), ("[", "]"), ("《", "》"))
OPENED = re.compile(r"[(\[《]")
SIGN = re.compile(r"^[<>=≥≤]+$")
ODD = re.compile(r"\d(?:(%|‰|月|日|个|次|元)\1|年年(?!底|末|初))|^》\d")  # 100%%, 1-12月月, 》90%
COMPLAINTS = re.compile("投诉|不满|差错|错误|失误|申诉|复核|复议|纠纷|信访|退费|退货")  # fewer are better
SUSPECT = (Decimal(200), Decimal(300))  # 292% is ≥92% after a bad copy of the sign

_Broken = tuple[str, str, str, str | None]
"""Rule without its prefix, severity, message, and the printed text that it is about."""


def check_indicators(form: Form) -> Iterator[Finding]:
    """Findings of rules `indicators.*` for one form."""
    for number, row in enumerate(form.indicators, start=1):
        for rule, severity, message, text in _row(row):
            name = _name(number, row)
            yield at(
                form.form_no,
                f"indicators.{rule}",
                severity,
                t("{name}: {message}", name=name, message=message),
                row.place,
                text,
            )
    for doubt in form.doubts_of("mixed_rows"):
        message = t(
            "nothing divides the rows of several indicators ({text}); they were not read", text=shorten(doubt.text)
        )
        yield at(form.form_no, "indicators.mixed_rows", "error", message, doubt.place, doubt.text)
    for doubt in form.doubts_of("several_rows"):
        message = t(
            "the row of {text} holds several indicators whose lines do not pair; it is kept whole",
            text=shorten(doubt.text),
        )
        yield at(form.form_no, "indicators.several", "warning", message, doubt.place, doubt.text)
    weights, rest = _weights(form)
    if weights and sum(weights) not in (WHOLE, rest):
        message = t(
            "the weights of {count} indicators add up to {sum}, not 100 or {rest}",
            count=len(weights),
            sum=sum(weights),
            rest=rest,
        )
        yield at(form.form_no, "indicators.weight_sum", "warning", message, form.place)


def weights_add_up(form: Form) -> bool:
    """Whether weights are printed and add up to 100, or to 100 less the points of the execution rate."""
    weights, rest = _weights(form)
    return bool(weights) and sum(weights) in (WHOLE, rest)


def _weights(form: Form) -> tuple[list[Decimal], Decimal]:
    """The printed weights, and the other sum that is allowed besides 100."""
    weights = [r.weight for r in form.indicators if r.weight is not None]
    return weights, WHOLE - next((f.weight for f in form.funds if f.weight is not None), BUDGET)


def check_across(forms: Sequence[Form]) -> Iterator[Finding]:
    """Findings that need all forms of a document: one indicator with a minimum on one form, a maximum on another."""
    signs: dict[tuple[str, str | None], tuple[str, int]] = {}
    for form in forms:
        for row_no, row in enumerate(form.indicators, start=1):
            sign = (row.target.operator or "")[:1]
            if sign not in ("<", ">") or row.level3 is None:
                continue
            before, number = signs.setdefault((key(row.level3), row.target.unit), (sign, form.form_no))
            if before != sign:
                signs[key(row.level3), row.target.unit] = sign, form.form_no
                name = _name(row_no, row)
                message = t(
                    "{name}: the target {text!r} has the opposite sign of that on form {number}",
                    name=name,
                    text=row.target.text,
                    number=number,
                )
                yield at(form.form_no, "indicators.sign_differs", "info", message, row.place, row.target.text)


def _row(row: Indicator) -> Iterator[_Broken]:
    if row.level3 is None:
        yield "no_name", "warning", t("a target without the name of its indicator"), row.target.text
    if row.target.kind == "empty" and row.actual is None and row.lifetime_target is None:
        yield "no_target", "warning", t("no target is printed"), row.level3
    elif row.target.kind == "placeholder":
        yield "placeholder", "warning", t("the target {text!r} is a placeholder", text=row.target.text), row.target.text
    if not row.belongs:
        yield (
            "level_mismatch",
            "warning",
            t("level 2 {level2!r} does not belong to level 1 {level1!r}", level2=row.level2, level1=row.level1),
            row.level2,
        )
    if row.level_inferred:
        yield (
            "level_inferred",
            "info",
            t("level 1 is not printed; taken from level 2 {level2!r}", level2=row.level2),
            row.level2,
        )
    if row.target.unit is not None and SIGN.match(key(row.target.unit)):
        yield (
            "swapped_cells",
            "warning",
            t("the unit {unit!r} of the target {text!r} is a sign", unit=row.target.unit, text=row.target.text),
            row.target.text,
        )
    if row.target.text is not None and ODD.search(key(row.target.text)):
        yield (
            "odd_sign",
            "warning",
            t("the target {text!r} has a sign twice, or one that is none", text=row.target.text),
            row.target.text,
        )
    yield from _unclosed(row)
    yield from _percent(row)
    yield from _number(row)
    if row.score is not None and row.weight is not None and row.score > row.weight:
        yield (
            "score_over_weight",
            "error",
            t("score {score} is more than the weight {weight}", score=row.score, weight=row.weight),
            None,
        )


def _unclosed(row: Indicator) -> Iterator[_Broken]:
    """Texts that the file itself cuts: some programs do not store the text that overflows a cell."""
    for name, text in ((t("name"), row.level3), (t("target"), row.target.text)):
        plain = key(text) if text else ""
        if OPENED.search(plain) and any(plain.count(left) > plain.count(right) for left, right in PAIRS):
            yield (
                "unclosed",
                "info",
                t("a bracket of the {name} {text!r} is not closed; its end may be missing", name=name, text=text),
                text,
            )


def _percent(row: Indicator) -> Iterator[_Broken]:
    value, operator = row.target.value, row.target.operator
    if row.target.unit != "%" or value is None:
        return
    if operator is None and SUSPECT[0] < value < SUSPECT[1]:
        yield "suspect_sign", "warning", t("{text!r} may be a ≥ read as 2", text=row.target.text), row.target.text
    elif value > 100 and operator in (None, "=", ">=", ">"):
        yield (
            "percent_over_100",
            "warning",
            t("the target {text!r} is more than 100 %", text=row.target.text),
            row.target.text,
        )
    elif row.level2_code == "satisfaction" and operator in ("<=", "<") and not COMPLAINTS.search(_texts(row)):
        yield (
            "satisfaction_at_most",
            "warning",
            t("the target {text!r} sets an upper limit for satisfaction", text=row.target.text),
            row.target.text,
        )


def _texts(row: Indicator) -> str:
    return key(f"{row.level3 or ''}{row.target.text or ''}")


def _number(row: Indicator) -> Iterator[_Broken]:
    if row.target.unit in UNCLEAR_UNITS:
        yield (
            "unclear_unit",
            "info",
            t("the unit of the target {text!r} can mean several things", text=row.target.text),
            row.target.text,
        )
    if row.target.kind == "numeric" and FUSED.fullmatch(row.target.text or ""):
        yield (
            "suspect_fused",
            "warning",
            t("the target {text!r} may be two numbers printed as one", text=row.target.text),
            row.target.text,
        )


def _name(number: int, row: Indicator) -> Text:
    if not row.level3:
        return t("indicator {number}", number=number)
    return t("indicator {number} {value}", number=number, value=row.level3)
