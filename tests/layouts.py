"""What the tests of layouts share: forms written row by row, drawn under their title, and what was read of them."""

from collections.abc import Sequence
from decimal import Decimal

from pipeline.document.result import DocumentResult, Row
from tests.documents import column, extract, on_one_page, rows_of
from tests.generator.drawing import DrawnPage, DrawnText
from tests.generator.spans import Row as Printed
from tests.generator.spans import merged_table

LEVELS = ("level1", "level2", "level3", "target")


def drawn(title: str, rows: Sequence[Printed], widths: Sequence[float], *lines: str) -> DrawnPage:
    """A page with a title, lines below it (year, unit), and a table. Blanks in a line part what stands left and right.

    Widths in points.
    """
    right = 40 + sum(widths)
    texts: list[DrawnText | float] = [DrawnText((40 + right) / 2, 0, title, "centre", 14)]
    for line in lines:
        left, _, rest = line.partition(" ")
        texts.append(DrawnText(40, 0, left))
        texts += [-18, DrawnText(right, 0, rest, "right")] if rest else []
    return on_one_page(*texts, merged_table(rows, widths), width=right + 40, height=1000)


def table(text: str) -> list[Printed]:
    """Rows written as lines with | between cells; < goes on with the cell to the left, ^ with the one above."""
    goes_on = {"<": ..., "^": None}
    return [
        tuple(goes_on.get(cell, cell) for cell in map(str.strip, line.split("|")))
        for line in text.split("\n")
        if line.strip()
    ]


def read(title: str, rows: Sequence[Printed], widths: Sequence[float], *lines: str) -> DocumentResult:
    """One such page, read back."""
    return extract([drawn(title, rows, widths, *lines)])


def only_form(extraction: DocumentResult) -> Row:
    """The only form, without the columns that are null."""
    (form,) = extraction.tables["forms"]
    return {name: value for name, value in form.items() if value is not None}


def cells(extraction: DocumentResult, *names: str, form_no: int = 1) -> list[tuple[object, ...]]:
    """Columns of a form's indicators; levels and target where none are named."""
    return [tuple(row[name] for name in names or LEVELS) for row in rows_of(extraction, "indicators", form_no)]


def funds(extraction: DocumentResult, form_no: int = 1) -> list[tuple[object, ...]]:
    """Scope, source and yuan of a form's amounts."""
    return [(row["scope"], row["source"], row["amount"]) for row in rows_of(extraction, "funds", form_no)]


def rules(extraction: DocumentResult) -> set[object]:
    """The rules that were broken."""
    return set(column(extraction, "findings", "rule"))


def yuan(amount: str) -> Decimal:
    return Decimal(amount).quantize(Decimal("0.01"))
