"""Forms whose fields, amounts and goal are printed as lines above a table that holds only their indicators."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.forms.dictionary import Label, Lexicon
from pipeline.forms.inline_labels import labelled_parts
from pipeline.forms.model import Part, RawForm, Value, goal_scope, raw_fund, together
from pipeline.forms.reading import Reading, Rule, Use
from pipeline.forms.roles import Field, Scope
from pipeline.tables.model import Line


def read_heading(form: RawForm, lines: Sequence[tuple[int, Line]], lexicon: Lexicon, reading: Reading) -> None:
    """Fields, amounts and goals from the line on that names the project; without such a line nothing is taken."""
    goal: Scope | None = None
    begun = False
    for page, line in lines:
        for name, label, text in labelled_parts(line.text, lexicon.means):
            begun = begun or (label is not None and label.field == Field.PROJECT_NAME and bool(text))
            value = Value(text, (Part(page, line.box, line.text),))
            if not begun or not text:
                continue
            if label is not None or goal is not None:
                reading.take(line, Use.VALUE, Rule.ABOVE, label)
            if label is None:
                if goal is not None:
                    form.goals[goal] = together([form.goals[goal], value])
                continue
            goal = _take(form, name, label, value)


def _take(form: RawForm, name: str, label: Label, value: Value) -> Scope | None:
    """One value; the scope of the goal that the next line may go on with."""
    if label.field is not None:
        form.fields.setdefault(label.field, value)
    elif label.means == "fund":
        form.funds.append(raw_fund(name, label, value))
    elif label.means == "goal" and (scope := goal_scope(label)) not in form.goals:
        form.goals[scope] = value
        return scope
    return None
