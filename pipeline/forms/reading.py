"""The record of a form's cells: what each was taken for, by which rule, and which dictionary entry said so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum, StrEnum
from typing import NamedTuple

from pipeline.forms.dictionary import Label
from pipeline.forms.roles import Field, Role
from pipeline.messages import t
from pipeline.tables.model import Cell, Line


class Use(Enum):
    """What a cell was taken for."""

    LABEL = t("label")
    HEADING = t("heading")
    VALUE = t("value")
    LEVEL = t("level")
    INDICATOR = t("indicator")
    TITLE = t("title")
    OTHER = t("other value")  # kept with its label, without a column of its own
    TASK = t("task")
    LEFT_OUT = t("left out")  # read, but the tables have no place for it


class Rule(Enum):
    """The rule that took a cell. The values are what `budget-forms extract --explain` prints."""

    TITLE_ROW = t("title row")
    YEAR_ROW = t("year row")
    FIELD = t("field right of label")
    INLINE = t("label and value")
    SPLIT_LABEL = t("label in two cells")
    GOAL = t("goal beside or below")
    GOAL_IN_LABEL = t("goal below its label")
    GOAL_REST = t("goal from page before")
    VALUE_REST = t("value from page before")
    NUMBERED_GOAL = t("numbered goals")
    FUND = t("amount right of label")
    FUND_GRID = t("grid of amounts")
    FUND_BELOW = t("amount below heading")
    AMOUNTS = t("amounts in one cell")
    BLOCK = t("label of a block")
    NO_COLUMN = t("no column for it")
    TASK = t("task of a department")
    TOTALS = t("row of totals")
    HEADER = t("header row")
    BODY = t("below a heading")
    HEADING_OVER = t("heading over headings")
    LEVEL_ROW = t("level as a row")
    NO_INDICATOR = t("no name and no target")
    GROUP = t("row group of project")
    NO_PROJECT = t("row without project")
    NOTE = t("note below a table")
    ABOVE = t("line above the table")


class UnreadKind(StrEnum):
    """Kinds of text that no value of the tables carries."""

    UNKNOWN_LABEL = "unknown_label"
    TEXT = "text"


class Taken(NamedTuple):
    """What a cell, or a line above a table, was taken for. `entry` is the label whose meaning decided it.

    `role` is the column role or field that it fills, where that is not what `entry` says.
    """

    use: Use
    rule: Rule
    entry: Label | None = None
    role: Role | Field | None = None


class Reading:
    """The cells of one form or list that were taken, and the texts that were reported as read by nobody.

    Cells are told apart by identity, since equal cells may stand in two tables. `owner` is the object whose cells are
    recorded; it is kept, so that no cell is freed and its identity given to another. The first rule that takes a cell
    has it.
    """

    __slots__ = ("_owner", "_pending", "_taken", "_unread")

    def __init__(self, owner: object) -> None:
        self._owner = owner
        self._taken: dict[int, Taken] = {}
        self._pending: list[tuple[Sequence[Cell], Iterable[tuple[int, Taken]]]] = []  # rows not yet in `_taken`
        self._unread: dict[int, UnreadKind] = {}

    def take(
        self, cell: Cell | Line, use: Use, by: Rule, entry: Label | None = None, role: Role | Field | None = None
    ) -> None:
        """Record what a cell is used for; a cell that was taken before stays as it is."""
        self._settle()
        self._taken.setdefault(id(cell), Taken(use, by, entry, role))

    def take_row(self, cells: Sequence[Cell], taken: Iterable[tuple[int, Taken]]) -> None:
        """Record several cells, each with its position in `cells`.

        Rows are many, so one `Taken` serves all cells of a column, and cells are looked up only when the record is
        asked for, which for a list means when it is explained.
        """
        self._pending.append((cells, taken))

    def _settle(self) -> None:
        if not self._pending:
            return
        record = self._taken.setdefault
        for cells, taken in self._pending:
            for place, use in taken:
                record(id(cells[place]), use)
        self._pending = []

    def is_taken(self, cell: Cell | Line) -> bool:
        self._settle()
        return id(cell) in self._taken

    def report(self, cell: Cell, kind: UnreadKind) -> None:
        """Record that a text was reported because nothing took it."""
        self._unread[id(cell)] = kind

    def taken(self, cell: Cell | Line) -> Taken | None:
        """What a cell was taken for; None when nothing took it."""
        self._settle()
        return self._taken.get(id(cell))

    def unread(self, cell: Cell) -> UnreadKind | None:
        """The kind of finding in which a text that nothing took is named."""
        return self._unread.get(id(cell))
