"""A form in a layout that nobody described gives what its labels and its header row say."""

from decimal import Decimal

from hypothesis import given

from tests.documents import extract, indicators, rows_of
from tests.fuzz import fuzz
from tests.generator.varied import Varied, varied_forms
from tests.generator.varied_lists import VariedList, varied_lists


@fuzz(40)
@given(varied_forms())
def test_any_arrangement_of_known_labels_is_read(form: Varied) -> None:
    extraction = extract(form.pages)
    (read,) = extraction.tables["forms"]
    assert {name: read[name] for name in form.fields} == form.fields
    assert {scope: read[f"{scope}_goal"] for scope in ("lifetime", "annual")} == {
        scope: form.goals.get(scope) for scope in ("lifetime", "annual")
    }
    assert [(row["scope"], row["source"], row["amount"]) for row in extraction.tables["funds"]] == [
        (scope, source, Decimal(amount.replace(",", "")) * 10_000) for scope, source, amount in form.funds
    ]
    names = ("level1", "level2", "level3", "target", "weight")
    assert [tuple(row[n] for n in names) for row in extraction.tables["indicators"]] == [
        (*row[:4], Decimal(row[4]) if row[4] else None) for row in form.rows
    ]
    unread = [
        row for row in extraction.tables["findings"] if row["rule"] in ("form.unread_text", "layout.unknown_label")
    ]
    assert not unread


@fuzz(80)
@given(varied_lists())
def test_any_list_of_known_headings_is_read(form: VariedList) -> None:
    extraction = extract(form.pages)
    read = extraction.tables["forms"]
    assert [(row["project_code"], row["project_name"]) for row in read] == [(x[0], x[1]) for x in form.projects]
    for row, (_, _, amounts, goal, rows) in zip(read, form.projects, strict=True):
        number = int(str(row["form_no"]))
        assert goal in (row["annual_goal"], row["lifetime_goal"])
        assert {fund["source"]: fund["amount"] for fund in rows_of(extraction, "funds", number)} == {
            source: Decimal(amount) * 10_000 for source, amount in amounts.items()
        }
        assert [tuple(r[:4]) for r in indicators(extraction, number)] == rows
