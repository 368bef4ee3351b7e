"""Compares the control totals that a document announces with its forms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from pipeline.document.checks.model import Finding, at
from pipeline.fields.announced import Announced
from pipeline.fields.model import Form
from pipeline.messages import t, tn

OF_PROJECTS = ("project_target", "self_evaluation", "project_narrative")
ROUNDING = Decimal("0.005")  # share; amounts of projects are often printed with fewer digits than their sum


def check_announced(announced: Announced | None, forms: Sequence[Form]) -> Iterator[Finding]:
    """Findings of rules `document.announced_*`: fewer forms than announced, or as many with another sum.

    A project may have both a form and a narrative; the kind with the most forms is compared with the announcement.
    """
    if announced is None or announced.count is None:
        return
    kinds = Counter(form.form_kind for form in forms if form.form_kind in OF_PROJECTS)
    kind, found = kinds.most_common(1)[0] if kinds else ("", 0)
    if found < announced.count:
        message = tn(
            "{count} project with targets is announced, forms of {found} were found",
            "{count} projects with targets are announced, forms of {found} were found",
            announced.count,
            found=found,
        )
        yield at(None, "document.announced_projects", "info", message, announced.place, announced.place.text)
    elif found == announced.count and announced.amount is not None:
        totals = [form.total("annual", "total") for form in forms if form.form_kind == kind]
        added = sum((t for t in totals if t is not None), Decimal(0))
        if None not in totals and abs(added - announced.amount) > ROUNDING * announced.amount:
            message = t(
                "{amount:,} yuan are announced for {found} projects, their forms add up to {added:,}",
                amount=announced.amount,
                found=found,
                added=added,
            )
            yield at(None, "document.announced_amount", "info", message, announced.place, announced.place.text)
