"""The rows of one document: the seam between assembling and the dataset."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.messages import Text, t

Row = dict[str, object]
"""One row of a table: keys are column names of `schemas/tables.toml`, a missing key means null."""

PRINTED_ON_FORM = (
    *("title", "fiscal_year", "project_name", "project_code", "project_category", "project_nature"),
    *("department", "department_code", "implementing_unit", "start_date", "end_date", "amount_unit"),
    *("lifetime_goal", "annual_goal", "lifetime_goal_actual", "annual_goal_actual", "total_score"),
)
PRINTED_ON_INDICATOR = (
    *("level1", "level2", "level3", "target", "lifetime_target", "weight", "actual", "score"),
    *("deviation_reason", "remark"),
)
"""Columns of `forms` and `indicators` that are printed, and fields of `evidence`; other columns follow from them."""

CONFIRMED, READ_ONCE, DISPUTED = 1.0, 0.99, 0.5
"""`evidence.confidence`: two independent readers agree; one reader has read the value; two readers disagree.

0.99 is on the safe side of what one reader gets right on forms transcribed by hand. Of the values that two readers
dispute, either may be right.
"""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many values were read twice, and how many of them are the same."""

    compared: int = 0
    agreed: int = 0

    def __add__(self, other: Agreement) -> Agreement:
        return Agreement(self.compared + other.compared, self.agreed + other.agreed)

    @property
    def line(self) -> Text:
        """The numbers in one line."""
        if not self.compared:
            return t("second reader: no value was compared")
        return t(
            "second reader: {agreed} of {compared} values agree ({share:.2f} %)",
            agreed=self.agreed,
            compared=self.compared,
            share=int(10_000 * self.agreed / self.compared) / 100,  # not rounded up
        )


NOTHING_COMPARED = Agreement()


@dataclass(frozen=True, slots=True)
class DocumentResult:
    """All rows that one document adds to the dataset.

    `document` is its row of `documents`, without the columns that only landing knows: `file_name`, `source_path`,
    `source_url`, `superseded_by` and `first_seen_at`. `tables` holds the rows of `forms`, `funds`, `indicators`,
    `tasks`, `other_values`, `evidence`, `findings` and `regions`; a missing table has no rows. `ocr_engine` names the
    engine that recognised its scanned pages, the empty string where none did; None for a document without scanned
    pages. `agreement` counts the values that a second library has seen, too.
    """

    document: Row
    tables: dict[str, list[Row]]
    ocr_engine: str | None = None
    agreement: Agreement = NOTHING_COMPARED
