"""Corrections in a few words, for messages and lists."""

from __future__ import annotations

from pipeline.document.corrections.model import (
    AddRow,
    AddTableRow,
    AnyCorrection,
    AnyTableCorrection,
    FormCorrection,
    Merge,
    RemoveRow,
    RemoveTable,
    RemoveTableRow,
    Reviewed,
    Split,
    TableCorrection,
    TableNumber,
    TableRowValue,
    TableValue,
    Value,
)
from pipeline.document.corrections.stale import quoted


def describe(correction: AnyCorrection) -> str:
    """A few words about the effect of a correction."""
    return _of_table(correction) if isinstance(correction, TableCorrection) else _of_form(correction)


def place_of(correction: AnyCorrection) -> str:
    """The form or the table that a correction is about, by number and name."""
    if isinstance(correction, TableCorrection):
        return f"table {correction.table_no} {correction.title}"
    return f"form {correction.form} {correction.name or ''}".rstrip()


def _of_form(correction: FormCorrection) -> str:
    match correction:
        case Value():
            where = correction.table if correction.row == 0 else f"{correction.table} {correction.row}"
            return f"{where}, {correction.field}: {quoted(correction.read)} to {quoted(correction.value)}"
        case AddRow():
            return f"{correction.table}: a row {quoted(' '.join(correction.values.values()))} added"
        case RemoveRow():
            return f"{correction.table} {correction.row}: the row {quoted(correction.row_name)} removed"
        case Split():
            return f"form {correction.form} split at {quoted(correction.indicator_name or correction.fund_name)}"
        case Merge():
            return f"form {correction.form} joined with the next one, {quoted(correction.next_name)}"
        case Reviewed():
            return f"form {correction.form} reviewed"


def _of_table(correction: AnyTableCorrection) -> str:
    table = f"table {correction.table_no}"
    match correction:
        case TableValue():
            return f"{table}, {correction.field}: {quoted(correction.read)} to {quoted(correction.value)}"
        case TableRowValue():
            where = f"{table}, row {correction.row} {quoted(correction.row_label)}, {correction.field}"
            return f"{where}: {quoted(correction.read)} to {quoted(correction.value)}"
        case TableNumber():
            where = f"{table}, row {correction.row} {quoted(correction.row_label)}, column {correction.column}"
            return f"{where}: {quoted(correction.read)} to {quoted(correction.value)}"
        case AddTableRow():
            return f"{table}: a row {quoted(' '.join(correction.values.values()))} added behind row {correction.after}"
        case RemoveTable():
            return f"{table} removed"
        case RemoveTableRow():
            return f"{table}: row {correction.row} {quoted(correction.row_label)} removed"
