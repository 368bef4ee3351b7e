"""Writes the page of ready questions, with their SQL and their results on a dataset."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import duckdb

from pipeline.outputs.query.display import Column, as_texts, cut
from pipeline.outputs.query.ready import ReadyQuestion, ready_questions
from pipeline.text import markdown_cell

BEGIN = "<!-- what follows is written by python -m pipeline.outputs.query -->\n"

QUESTIONS = {
    1: "How much money, and for whom?",
    2: "How good are the indicators?",
    3: "What was aimed at, and what was reached?",
    4: "Which indicators are boiler-plate?",
    5: "Are the announced projects all there?",
    6: "What does one of it cost?",
    7: "Do indicators measure what they should?",
    8: "Which projects are parts of one?",
    9: "Who discloses what?",
    10: "What does a department spend, and on what?",
    11: "Where does its money come from?",
    12: "What differs between places and years?",
    13: "Do the budget tables add up, and do they agree with the forms?",
}
"""The groups of questions, by number."""

_TEXT = 48  # columns of a terminal that a text in a result may take
_ROWS = 12  # rows of a result that the page shows


def question_markdown(ready: ReadyQuestion) -> str:
    """A question as Markdown, without its result."""
    command = f"`budget-forms query --ready {ready.name}`"
    return f"### {ready.title}\n\n{command}\n\n{ready.note}\n\n```sql\n{ready.sql}\n```\n"


def questions_page(connection: duckdb.DuckDBPyConnection) -> str:
    """All ready questions, by number, with their results on the dataset behind `connection`."""
    return "\n".join(_parts(connection))


def _parts(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    for number, group in groupby(ready_questions().values(), key=lambda ready: ready.question):
        yield f"## {number}. {QUESTIONS[number]}\n"
        for ready in group:
            yield question_markdown(ready)
            yield _result(connection, ready.sql)


def _result(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    connection.execute(sql)
    columns = [Column(name, str(type_)) for name, type_, *_ in connection.description or ()]
    rows = connection.fetchall()
    if not rows:
        return "No rows.\n"
    cells = [[markdown_cell(cut(text, _TEXT)) for text in texts] for texts in as_texts(columns, rows[:_ROWS])]
    lines = [
        [column.name for column in columns],
        ["---:" if column.is_number else "---" for column in columns],
        *zip(*cells, strict=True),
    ]
    left = f"\n{_ROWS} of {len(rows):,} rows.\n" if len(rows) > _ROWS else ""
    return "".join(f"| {' | '.join(line)} |\n" for line in lines) + left
