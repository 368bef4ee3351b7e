"""Forms with their values understood: each form and each row says where its fields are printed and how they were read.

Evidence is derived from these objects when all corrections are applied, so rows can be added, removed or moved to
another form without any bookkeeping.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Literal, NamedTuple

from pipeline.fields.targets import Target
from pipeline.forms.model import OtherValue, Part, Unplaced, Unread, Value

GOALS = ("lifetime_goal", "annual_goal", "lifetime_goal_actual", "annual_goal_actual")

Origin = Literal["read", "inferred", "corrected"]
"""How a value came about: printed for the field, taken from elsewhere in the document, or entered by a person."""


class Provenance(NamedTuple):
    """Where a field's value is printed, in one or more parts, and how it came about."""

    parts: tuple[Part | Unplaced, ...]
    origin: Origin = "read"

    @property
    def text(self) -> str:
        """The printed text of all parts."""
        return "".join(part.text for part in self.parts)


Sources = Mapping[str, Provenance]
"""Provenance by field, in the order of reading. Never changed in place: a correction makes a new mapping."""

NO_SOURCES: Sources = MappingProxyType({})

DoubtKind = Literal[
    "imprecise_date",
    "unclear_options",
    "clipped",
    "mixed_rows",
    "several_rows",
    "unit_continued",
    "unit_guessed",
    "unit_unknown",
    "unit_differs",
]


class Doubt(NamedTuple):
    """A printed value that leaves something open.

    `detail` is the precision of an imprecise date (month or year), how many options are ticked (2 of the 3), or the
    unit of money that other forms print.
    """

    kind: DoubtKind
    field: str
    text: str
    place: Part
    detail: str = ""


class Fund(NamedTuple):
    """An amount line in yuan; `amount` is None where something is printed that is no number.

    Its number is its position in the form. `sources` has the fields `amount`, `execution_rate` and `score`.
    """

    scope: str
    source: str
    label: str
    amount: Decimal | None
    amount_text: str
    execution_rate: Decimal | None
    score: Decimal | None
    weight: Decimal | None  # points that the execution rate is worth
    place: Part | Unplaced
    item: bool = False  # a share by purpose, which is no source of money
    sources: Sources = NO_SOURCES


class Indicator(NamedTuple):
    """An indicator row: texts as printed, numbers parsed. Its number is its position in the form.

    `belongs`: level 2 is one of those below level 1. `page` counts from 1.
    """

    level1: str | None
    level2: str | None
    level3: str | None
    level1_code: str | None
    level2_code: str | None
    level_inferred: bool
    belongs: bool
    target: Target
    lifetime_target: str | None
    weight: Decimal | None
    actual: str | None
    actual_value: Decimal | None
    score: Decimal | None
    deviation_reason: str | None
    remark: str | None
    page: int
    place: Part | Unplaced
    sources: Sources = NO_SOURCES


AMOUNTS_OF_TASKS = ("amount_total", "amount_fiscal", "amount_other")


class Task(NamedTuple):
    """A main task of a department: texts as printed, amounts in yuan, None where no number is printed.

    Its number is its position in the form. `page` counts from 1.
    """

    page: int
    sources: Sources
    name: str | None = None
    content: str | None = None
    amount_total: Decimal | None = None
    amount_fiscal: Decimal | None = None
    amount_other: Decimal | None = None
    expected_result: str | None = None


@dataclass(slots=True)
class Form:
    """One form with its values understood. `sources` has its own fields; each row has those of the row."""

    form_no: int
    form_kind: str
    layout: str | None  # None for a form that a person has added
    page_first: int
    page_last: int
    title: str | None = None
    fiscal_year: int | None = None
    project_name: str | None = None
    project_code: str | None = None
    project_category: str | None = None
    project_nature: str | None = None
    department: str | None = None
    department_code: str | None = None
    implementing_unit: str | None = None
    start_date: date | None = None
    end_date: date | None = None
    amount_unit: str | None = None
    lifetime_goal: str | None = None
    annual_goal: str | None = None
    lifetime_goal_actual: str | None = None  # what was reached of the goal, in a self-evaluation
    annual_goal_actual: str | None = None
    total_score: Decimal | None = None
    funds: list[Fund] = field(default_factory=list)
    indicators: list[Indicator] = field(default_factory=list)
    tasks: tuple[Task, ...] = ()
    others: tuple[OtherValue, ...] = ()
    sources: Sources = field(default_factory=lambda: NO_SOURCES)
    unread: tuple[Unread, ...] = ()
    doubts: list[Doubt] = field(default_factory=list)
    total_weight: Decimal | None = None  # of the row that sums up the indicators
    total_place: Part | None = None
    place: Part | Unplaced | None = None
    of_department: bool = False  # the form of a department as a whole, which names no project
    reviewed: bool = False  # a person has compared it with its page
    is_added: bool = False  # a person has added it; its number stays, whatever forms are found

    def put(self, name: str, value: object, printed: Value | None, origin: Origin = "read") -> None:
        """Set a field of the form, with the printed text that it was read from (None: nothing is printed for it)."""
        setattr(self, name, value)
        if printed is not None:
            self.sources = {**self.sources, name: Provenance(printed.parts, origin)}
            self.doubt_clipped(name, printed)

    def doubt_clipped(self, name: str, printed: Value) -> None:
        """Note that a field's text is not all visible on the page."""
        if printed.clipped:
            self.doubts.append(Doubt("clipped", name, printed.text, printed.parts[0]))

    def doubts_of(self, kind: DoubtKind) -> Iterator[Doubt]:
        """The doubts of one kind, in the order in which they came up."""
        return (doubt for doubt in self.doubts if doubt.kind == kind)

    def total(self, scope: str, source: str) -> Decimal | None:
        """The amount of the first line of a scope and source."""
        amounts = (f.amount for f in self.funds if (f.scope, f.source, f.item) == (scope, source, False))
        return next((amount for amount in amounts if amount is not None), None)


class Evidence(NamedTuple):
    """One part of a printed value. `row_no` is the line or indicator number, 0 for the form itself."""

    table: str
    row_no: int
    field: str
    part_no: int
    part: Part | Unplaced
    origin: Origin


def evidence_of(form: Form) -> list[Evidence]:
    """The evidence of a form: its fields, amounts, goals and indicators as a reader meets them, then inferences."""
    return [
        Evidence(table, row_no, name, part_no, part, origin)
        for table, row_no, sources in sources_of(form)
        for name, (parts, origin) in sources.items()
        for part_no, part in enumerate(parts, start=1)
    ]


def sources_of(form: Form) -> Iterator[tuple[str, int, Sources]]:
    """Table, row number (0 for the form itself) and sources, as a reader meets them, then what was inferred."""
    fields: dict[str, Provenance] = {}
    goals: dict[str, Provenance] = {}
    inferred: dict[str, Provenance] = {}
    for name, found in form.sources.items():
        (inferred if found.origin == "inferred" else goals if name in GOALS else fields)[name] = found
    yield "forms", 0, fields
    yield from (("funds", number, fund.sources) for number, fund in enumerate(form.funds, start=1))
    yield "forms", 0, goals
    yield from (("indicators", number, row.sources) for number, row in enumerate(form.indicators, start=1))
    yield from (("tasks", number, task.sources) for number, task in enumerate(form.tasks, start=1))
    yield "forms", 0, inferred
