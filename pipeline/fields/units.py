"""The unit of money of forms that print none, from other forms. Nothing is taken for yuan in silence."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.fields.model import Doubt, Form
from pipeline.fields.money import parse_amount
from pipeline.forms.model import Part, Value
from pipeline.messages import AND, joined
from pipeline.text import key

_CONTINUED = re.compile(r"[(\[]?续(?:表|页)?[一二三四五六七八九十\d]*[)\]]?$")


def infer_units(forms: Sequence[Form]) -> None:
    """Give forms without a unit that of the table which they continue, else that of all other forms of their layout.

    The first is certain (`unit_continued`), the second a guess (`unit_guessed`). Where the other forms disagree, the
    amounts are nobody's to tell and become null (`unit_unknown`). Forms of other layouts tell no more than a doubt
    (`unit_differs`): the amounts stay yuan.
    """
    for n, form in enumerate(forms):
        if form.amount_unit is not None or not any(fund.amount is not None for fund in form.funds):
            continue
        place = form.funds[0].place
        if not isinstance(place, Part):
            continue
        printed = [other for other in forms if other.amount_unit is not None and not _is_inferred(other)]
        alike = [other for other in printed if other.layout == form.layout]
        units = {other.amount_unit for other in alike}
        before = forms[n - 1] if n else None
        if before is not None and before.amount_unit is not None and _continues(before, form):
            _take_unit(form, before)
            form.doubts.append(Doubt("unit_continued", "amount_unit", "", place, before.amount_unit))
        elif len(units) == 1:
            _take_unit(form, alike[0])
            form.doubts.append(Doubt("unit_guessed", "amount_unit", "", place, alike[0].amount_unit or ""))
        elif units:
            form.funds = [fund._replace(amount=None) for fund in form.funds]
            form.doubts.append(
                Doubt("unit_unknown", "amount_unit", "", place, joined(AND, sorted(filter(None, units))))
            )
        elif others := sorted({other.amount_unit for other in printed if other.amount_unit} - {"元"}):
            form.doubts.append(Doubt("unit_differs", "amount_unit", "", place, joined(AND, others)))


def _is_inferred(form: Form) -> bool:
    source = form.sources.get("amount_unit")
    return source is not None and source.origin == "inferred"


def _continues(before: Form, form: Form) -> bool:
    """Whether a form stands in the continued table of the one before it, as its title says."""
    titles = [key(x.title or "") for x in (before, form)]
    bare = [_CONTINUED.sub("", title) for title in titles]
    same_table = bare[0] == bare[1] != "" and titles[1] != bare[1]
    return same_table and before.layout == form.layout and form.page_first - before.page_last <= 1


def _take_unit(form: Form, other: Form) -> None:
    source = other.sources.get("amount_unit")
    parts = tuple(part for part in source.parts if isinstance(part, Part)) if source is not None else ()
    place = Value(other.amount_unit or "", parts) if parts else None
    form.put("amount_unit", other.amount_unit, place, "inferred")
    form.funds = [fund._replace(amount=parse_amount(fund.amount_text, other.amount_unit)) for fund in form.funds]
