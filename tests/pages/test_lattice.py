"""Rules become tables: what belongs together, and which unit cells are one."""

from pipeline.pages.lattice import lattices
from pipeline.pages.model import Rule

LEVEL = (Rule(0, 0, 100), Rule(20, 0, 100), Rule(40, 0, 100))
UPRIGHT = (Rule(0, 0, 40), Rule(50, 0, 40), Rule(100, 0, 40))


def test_rule_between_the_rows_that_meets_nothing_is_no_part_of_a_table() -> None:
    (table,) = lattices(LEVEL, UPRIGHT)
    assert lattices(tuple(sorted([*LEVEL, Rule(30, 60, 90)])), UPRIGHT) == [table]
    assert len(table.spans) == 4


def test_tables_that_a_later_rule_joins_are_one() -> None:
    right = tuple(Rule(rule.at, 110, 200) for rule in LEVEL)
    rules = tuple(sorted([*LEVEL, *right]))
    sides = (*UPRIGHT, Rule(110, 0, 40), Rule(200, 0, 40))
    assert len(lattices(rules, sides)) == 2
    below = tuple(sorted([*rules, Rule(60, 0, 200)]))
    (joined,) = lattices(below, (Rule(0, 0, 60), *sides[1:-1], Rule(200, 0, 60)))
    assert joined.xs == (0, 50, 100, 110, 200)


def test_rows_of_one_shape_beside_a_merged_cell() -> None:
    level = (Rule(0, 0, 100), Rule(20, 50, 100), Rule(40, 50, 100), Rule(60, 0, 100))
    upright = (Rule(0, 0, 60), Rule(50, 0, 60), Rule(100, 0, 60))
    (table,) = lattices(level, upright)
    assert table.spans == ((0, 0, 3, 1), (0, 1, 1, 1), (1, 1, 1, 1), (2, 1, 1, 1))
    assert (table.head, table.foot) == (0b11, 0b11)
