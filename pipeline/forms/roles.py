"""The vocabulary of forms: fields, column roles, and what labels mean. `schemas/*.toml` uses the same words."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Literal

Means = Literal[
    "field", "fund", "fund_column", "goal", "goal_actual", "block", "column", "section", "tasks", "ignored", "total_row"
]
"""Kinds of meaning that a printed label can have; docs/adding-a-layout.md explains each."""
Scope = Literal["lifetime", "annual", "initial_budget", "adjusted_budget", "executed"]
"""Period or stage of the budget for which an amount or a goal holds."""
Source = Literal["total", "fiscal", "carryover", "special_account", "self_raised", "other"]
"""Where money comes from."""
LabelPart = Literal["rate", "score", "weight", "item", "ignored", "standard", "filer", "available"]
"""Particulars of a label: the kind of number below it, or the rank of its value."""
Section = Literal["begin", "ignored", "implementing_unit", "period", "amount", "goal"]
"""Numbered sections of a project described in prose."""


class Field(StrEnum):
    """A value that a form prints once, or a list once a project."""

    PROJECT_NAME = "project_name"
    PROJECT_CODE = "project_code"
    PROJECT_CATEGORY = "project_category"
    PROJECT_NATURE = "project_nature"
    DEPARTMENT = "department"
    DEPARTMENT_CODE = "department_code"
    IMPLEMENTING_UNIT = "implementing_unit"
    UNIT_CODE = "unit_code"
    START_DATE = "start_date"
    END_DATE = "end_date"
    PERIOD = "period"
    FISCAL_YEAR = "fiscal_year"


class Role(StrEnum):
    """What stands in a column of indicators or of a list. A column of a list may hold a `Field` instead."""

    LEVEL1 = "level1"
    LEVEL2 = "level2"
    LEVEL3 = "level3"
    TARGET = "target"
    OPERATOR = "operator"
    UNIT = "unit"
    LIFETIME_TARGET = "lifetime_target"
    LIFETIME_OPERATOR = "lifetime_operator"
    LIFETIME_UNIT = "lifetime_unit"
    WEIGHT = "weight"
    ACTUAL = "actual"
    SCORE = "score"
    DEVIATION_REASON = "deviation_reason"
    REMARK = "remark"
    PROSE = "prose"  # indicators as sentences, or a heading that only its neighbours explain
    FUND = "fund"
    GOAL = "goal"
    GOAL_ACTUAL = "goal_actual"
    IGNORED = "ignored"


LEVELS: Final = (Role.LEVEL1, Role.LEVEL2)
"""The levels above an indicator; cells of several rows may be merged in them."""
NAMES: Final = (*LEVELS, Role.LEVEL3)
"""The columns that name an indicator, from the widest to the narrowest."""
TARGETS: Final = (Role.TARGET, Role.LIFETIME_TARGET)
LIFETIME: Final[Mapping[Role, Role]] = {
    Role.TARGET: Role.LIFETIME_TARGET,
    Role.OPERATOR: Role.LIFETIME_OPERATOR,
    Role.UNIT: Role.LIFETIME_UNIT,
}
"""The roles of a year's target, each with the one that it has for the whole period."""
OWN: Final = (Role.LEVEL3, *LIFETIME, *LIFETIME.values(), Role.ACTUAL)
"""The columns of which a new cell makes a new indicator."""
INDICATOR_ROLES: Final = (*OWN, Role.WEIGHT, Role.SCORE, Role.DEVIATION_REASON, Role.REMARK)
"""The columns of an indicator row, without the levels above it."""
COLUMN_ROLES: Final = (*LEVELS, *INDICATOR_ROLES, Role.PROSE, Role.IGNORED)
"""The roles that a label of `means = "column"` can name."""
TASK_COLUMNS: Final = ("name", "content", "amount_total", "amount_fiscal", "amount_other", "expected_result")
"""The columns of a department's task that a heading can name."""
