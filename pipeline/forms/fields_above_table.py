"""Forms whose fields, amounts and goal are printed as lines above a table that holds only their indicators."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.forms.dictionary import Label, Lexicon
from pipeline.forms.inline_labels import labelled_parts
from pipeline.forms.model import Part, RawForm, RawFund, Value, together
from pipeline.tables.model import Line


def read_heading(form: RawForm, lines: Sequence[tuple[int, Line]], lexicon: Lexicon) -> None:
    """Fields, amounts and goals from the line on that names the project; without such a line nothing is taken."""
    goal: str | None = None
    begun = False
    for page, line in lines:
        for name, label, text in labelled_parts(line.text, lexicon.means):
            begun = begun or (label is not None and label.field == "project_name" and bool(text))
            value = Value(text, (Part(page, line.box, line.text),))
            if not begun or not text:
                continue
            if label is None:
                if goal is not None:
                    form.goals[goal] = together([form.goals[goal], value])
                continue
            goal = _take(form, name, label, value)


def _take(form: RawForm, name: str, label: Label, value: Value) -> str | None:
    """One value; the scope of the goal that the next line may go on with."""
    if label.means == "field":
        form.fields.setdefault(str(label.field), value)
    elif label.means == "fund":
        form.funds.append(RawFund(name, str(label.source), label.scope, value, item=label.part == "item"))
    elif label.means == "goal" and (scope := label.scope or "annual") not in form.goals:
        form.goals[scope] = value
        return scope
    return None
