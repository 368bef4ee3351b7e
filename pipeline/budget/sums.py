"""The sums that a budget table states: which printed numbers are to add up to which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pipeline.budget.model import BudgetLine, RowIdentity
from pipeline.budget.read import TableReading

MOST_DECIMALS = 2  # of amounts in 万元 that are rounded; with more, the amounts are whole cents
_EXTRA = (
    "operating",
    "to_superior",
    "to_affiliated",
)  # uses that stand beside 基本支出 and 项目支出, or inside of them
_FISCAL = ("general_public", "gov_fund", "state_capital")
_PARTS_OF_UNIT_FUNDS = ("business", "operating", "superior_subsidy", "affiliated", "other")
_SUMMED = ("total", "fiscal")
_WHOLE = {"three_public": ("abroad", "reception", "vehicle"), "vehicle": ("vehicle_purchase", "vehicle_operation")}
_WITH_MEETINGS = ("three_public", "meeting", "training")


@dataclass(frozen=True, slots=True)
class Sum:
    """A printed total, the sum of its parts, and by how much rounding may part them. Numbers are as printed."""

    rule: str
    line: BudgetLine
    parts: Decimal
    addends: int
    tolerance: Decimal

    @property
    def difference(self) -> Decimal:
        """How much the printed total is above the sum of its parts."""
        return self.line.number - self.parts

    @property
    def is_open(self) -> bool:
        """Whether total and parts differ at all."""
        return self.difference != 0

    @property
    def is_beyond(self) -> bool:
        """Whether they differ by more than rounding explains."""
        return abs(self.difference) > self.tolerance


def table_sums(table: TableReading) -> Iterator[Sum]:
    """All sums within a table: down its rows and across its columns."""
    amounts = [line for line in table.lines if line.value_kind == "amount"]
    step = rounding(table)
    for panel in sorted({line.row.panel for line in amounts}):
        mine = [line for line in amounts if line.row.panel == panel]
        yield from _down(step, [row for row in table.identities if row.panel == panel], mine)
        yield from _across(step, mine)
    if table.table.kind.id == "three_public":
        yield from _items(step, amounts)


def rounding(table: TableReading) -> Decimal:
    """By how much an addend may move a total, as printed: its last place in 万元 with at most two decimals, else 0."""
    decimals = max((len(line.amount_text.partition(".")[2]) for line in table.lines), default=0)
    is_rounded = table.unit not in (None, "元") and decimals <= MOST_DECIMALS
    return Decimal(1).scaleb(-decimals) if is_rounded else Decimal(0)


def _make(rule: str, step: Decimal, line: BudgetLine, parts: Iterable[Decimal]) -> Sum:
    numbers = list(parts)
    return Sum(rule, line, sum(numbers, Decimal(0)), len(numbers), step * len(numbers))


def _down(step: Decimal, rows: Sequence[RowIdentity], lines: Sequence[BudgetLine]) -> Iterator[Sum]:
    """A parent is the sum of its children, a total that of the rows that are part of no other."""
    numbers: dict[tuple[int, int], BudgetLine] = {(line.row.row_no, line.column_no): line for line in lines}
    children: defaultdict[int, list[RowIdentity]] = defaultdict(list)
    for row in rows:
        if row.parent_row_no is not None:
            children[row.parent_row_no].append(row)
    columns = sorted({line.column_no for line in lines})
    for row in rows:
        parts = children.get(row.row_no, [])
        rule = "table.parent_sum"
        if row.role == "total" and row.classification == "total":
            parts, rule = _tops(rows), "table.total_sum"
        if parts:
            yield from _column_sums(rule, step, row, parts, columns, numbers)


def _column_sums(
    rule: str,
    step: Decimal,
    row: RowIdentity,
    parts: Sequence[RowIdentity],
    columns: Sequence[int],
    numbers: Mapping[tuple[int, int], BudgetLine],
) -> Iterator[Sum]:
    for column in columns:
        line = numbers.get((row.row_no, column))
        found = [numbers[part.row_no, column].number for part in parts if (part.row_no, column) in numbers]
        if line is not None and (found or line.number):
            yield _make(rule, step, line, found or [Decimal(0)])


def _tops(rows: Sequence[RowIdentity]) -> list[RowIdentity]:
    """The rows that together are the total: of codes or units, those below no other; nothing where neither tells."""
    tops = [row for row in rows if row.level == 1 or row.classification == "unit"]
    tops = [row for row in tops if row.parent_row_no is None]
    others = [
        row for row in rows if row.role in ("item", "subtotal") and row.level is None and row.classification != "unit"
    ]
    return [] if others and not all(row.parent_row_no is not None for row in others) else tops


def _across(step: Decimal, lines: Sequence[BudgetLine]) -> Iterator[Sum]:
    """The total of a row is that of its uses, and that of its funds."""
    by_rows = _by_row(lines)
    fixed = [line for line in lines if line.column_no not in by_rows]
    by_row: defaultdict[int, list[BudgetLine]] = defaultdict(list)
    printed: defaultdict[_Group, set[str]] = defaultdict(set)
    for line in fixed:
        by_row[line.row.row_no].append(line)
        if line.use is not None:
            printed[_group(line)].add(line.use)
    funds = {line.fund for line in fixed}
    for mine in by_row.values():
        yield from _uses(step, mine, printed)
        if len(funds - {"total", "fiscal", None}) > 1:
            yield from _funds(step, mine)


def _by_row(lines: Sequence[BudgetLine]) -> set[int]:
    """The columns in which the rows, not the headings, say the use or the fund."""
    said: defaultdict[int, set[tuple[str | None, str | None]]] = defaultdict(set)
    for line in lines:
        said[line.column_no].add((line.fund, line.use))
    return {column for column, axes in said.items() if len(axes) > 1}


_Group = tuple[str | None, ...]


def _group(line: BudgetLine) -> _Group:
    """The axes that lines share of which the uses are to add up."""
    return line.fund, line.origin, line.phase, line.item, line.side


def _uses(step: Decimal, lines: Sequence[BudgetLine], printed: Mapping[_Group, set[str]]) -> Iterator[Sum]:
    groups: defaultdict[_Group, dict[str, BudgetLine]] = defaultdict(dict)
    doubled: set[_Group] = set()
    for line in lines:
        group = _group(line)
        if line.use is None or line.use in groups[group]:
            doubled.add(group)
        groups[group][line.use or ""] = line
    for group, found in groups.items():
        if group not in doubled:
            yield from _use_sums(step, found, printed[group])


def _use_sums(step: Decimal, found: Mapping[str, BudgetLine], printed: set[str]) -> Iterator[Sum]:
    """基本支出 is 人员 and 公用; the total is 基本支出 and 项目支出, other uses inside of them or beside."""
    numbers = {use: line.number for use, line in found.items()}
    basic = numbers.get("basic")
    halves = [numbers[use] for use in ("basic_personnel", "basic_public") if use in numbers]
    if basic is not None and {"basic_personnel", "basic_public"} <= printed:
        yield _make("table.use_sum", step, found["basic"], halves)
    if "total" in found and "project" in printed and printed & {"basic", "basic_personnel", "basic_public"}:
        parts = [*(halves if basic is None else [basic]), *([numbers["project"]] if "project" in numbers else [])]
        extra = [numbers[use] for use in _EXTRA if use in numbers]
        inside, beside = (_make("table.use_sum", step, found["total"], [*parts, *x]) for x in ([], extra))
        yield min(inside, beside, key=lambda one: abs(one.difference))


def _funds(step: Decimal, lines: Sequence[BudgetLine]) -> Iterator[Sum]:
    groups: defaultdict[tuple[object, ...], list[BudgetLine]] = defaultdict(list)
    for line in lines:
        groups[line.use, line.phase, line.item, line.side].append(line)
    for together in groups.values():
        mine = [line for line in together if not _is_of_which(line, together)]
        totals = [line for line in mine if line.fund == "total" and line.origin == "all"]
        parts = [line for line in mine if line.fund not in ("total", None)]
        if len(totals) != 1 or not parts:
            continue
        yield min(
            (_make("table.fund_sum", step, totals[0], numbers) for numbers in _ways(mine, totals[0])),
            key=lambda one: abs(one.difference),
        )


def _is_of_which(line: BudgetLine, lines: Sequence[BudgetLine]) -> bool:
    """Whether a column is a part of one that stands beside it: 其中：专项资金 beside 一般公共预算."""
    return line.heading.rpartition("/")[2].startswith("其中") and any(
        other is not line and (other.fund, other.origin) == (line.fund, line.origin) for other in lines
    )


def _ways(lines: Sequence[BudgetLine], total: BudgetLine) -> Iterator[list[Decimal]]:
    """The ways in which the columns of a row may be parts of its total.

    Columns of sums (财政拨款, 本年收入小计, 单位资金) stand beside their parts or instead of them; carried-over money
    stands in columns of its own or in none.
    """
    rest = [line for line in lines if line is not total]
    leaves = [line for line in rest if line.fund not in _SUMMED]
    sums = [line for line in rest if line.fund == "total"]
    fiscal = [line for line in rest if line.fund == "fiscal"]
    own = [line for line in leaves if line.fund not in _FISCAL]
    plain = [line for line in leaves if line.fund != "unit_funds"]
    coarse = [line for line in leaves if line.fund not in _PARTS_OF_UNIT_FUNDS]
    carried = [line for line in sums if line.origin == "carryover"]
    for some in (leaves, plain, coarse, [*fiscal, *own], [*fiscal, *(x for x in own if x.fund != "unit_funds")], sums):
        yield [line.number for line in some]
        yield [line.number for line in (*some, *carried) if line is not total]
        yield [line.number for line in some if line.origin != "carryover"] + [line.number for line in carried]


def _items(step: Decimal, lines: Sequence[BudgetLine]) -> Iterator[Sum]:
    """三公 is 出国, 接待 and 用车; 用车 is 购置 and 运行; a column of everything holds meetings and training, too."""
    groups: defaultdict[tuple[object, ...], dict[str, BudgetLine]] = defaultdict(dict)
    doubled: set[tuple[object, ...]] = set()
    items = {line.item for line in lines}
    by_column = len({line.item for line in lines if line.row is lines[0].row}) > 1
    for line in lines:
        place = line.row.row_no if by_column else line.column_no
        group: tuple[object, ...] = (place, line.fund, line.use, line.origin, line.phase)
        if line.item in groups[group]:
            doubled.add(group)
        groups[group][line.item or ""] = line
    for which, found in groups.items():
        if which in doubled:
            continue
        for whole, parts in (*_WHOLE.items(), ("all", _WITH_MEETINGS)):
            if whole in found and len(items & set(parts)) > 1:
                yield _make("table.item_sum", step, found[whole], _item_parts(found, parts) or [Decimal(0)])


def _item_parts(found: Mapping[str, BudgetLine], parts: Sequence[str]) -> list[Decimal]:
    """The numbers of the items that make up another; of one that is left blank, those of its own parts."""
    numbers: list[Decimal] = []
    for part in parts:
        numbers += [found[part].number] if part in found else _item_parts(found, _WHOLE.get(part, ()))
    return numbers
