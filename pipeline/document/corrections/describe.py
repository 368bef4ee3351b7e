"""Corrections in a few words, for messages and lists."""

from __future__ import annotations

from pipeline.document.corrections.model import (
    AddForm,
    AddRow,
    AddTable,
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
from pipeline.messages import Text, t


def describe(correction: AnyCorrection) -> Text:
    """A few words about the effect of a correction."""
    return _of_table(correction) if isinstance(correction, TableCorrection) else _of_form(correction)


def place_of(correction: AnyCorrection) -> Text:
    """The form or the table that a correction is about, by number and name."""
    if isinstance(correction, TableCorrection):
        return t("table {table_no} {title}", table_no=correction.table_no, title=correction.title)
    if not correction.name:
        return t("form {number}", number=correction.form)
    return t("form {number} {name}", number=correction.form, name=correction.name)


def _of_form(correction: FormCorrection) -> Text:
    match correction:
        case Value():
            is_own = correction.row == 0
            where = correction.table if is_own else t("{table} {row}", table=correction.table, row=correction.row)
            return t(
                "{where}, {field}: {read} to {value}",
                where=where,
                field=correction.field,
                read=quoted(correction.read),
                value=quoted(correction.value),
            )
        case AddRow():
            return t(
                "{table}: a row {values} added",
                table=correction.table,
                values=quoted(" ".join(correction.values.values())),
            )
        case RemoveRow():
            return t(
                "{table} {row}: the row {row_name} removed",
                table=correction.table,
                row=correction.row,
                row_name=quoted(correction.row_name),
            )
        case AddForm():
            return t("form {name} on page {page} added", name=quoted(correction.name), page=correction.page)
        case Split():
            return t(
                "form {form} split at {value}",
                form=correction.form,
                value=quoted(correction.indicator_name or correction.fund_name),
            )
        case Merge():
            return t(
                "form {form} joined with the next one, {next_name}",
                form=correction.form,
                next_name=quoted(correction.next_name),
            )
        case Reviewed():
            return t("form {form} reviewed", form=correction.form)


def _of_table(correction: AnyTableCorrection) -> Text:
    table = t("table {number}", number=correction.table_no)
    match correction:
        case TableValue():
            return t(
                "{table}, {field}: {read} to {value}",
                table=table,
                field=correction.field,
                read=quoted(correction.read),
                value=quoted(correction.value),
            )
        case TableRowValue():
            where = t(
                "{table}, row {row} {row_label}, {field}",
                table=table,
                row=correction.row,
                row_label=quoted(correction.row_label),
                field=correction.field,
            )
            return _replaced(where, correction)
        case TableNumber():
            where = t(
                "{table}, row {row} {row_label}, column {column}",
                table=table,
                row=correction.row,
                row_label=quoted(correction.row_label),
                column=correction.column,
            )
            return _replaced(where, correction)
        case AddTableRow():
            return t(
                "{table}: a row {values} added behind row {after}",
                table=table,
                values=quoted(" ".join(correction.values.values())),
                after=correction.after,
            )
        case AddTable():
            return t("table {title} on page {page} added", title=quoted(correction.title), page=correction.page)
        case RemoveTable():
            return t("{table} removed", table=table)
        case RemoveTableRow():
            return t(
                "{table}: row {row} {row_label} removed",
                table=table,
                row=correction.row,
                row_label=quoted(correction.row_label),
            )


def _replaced(where: Text, correction: TableRowValue | TableNumber) -> Text:
    return t("{where}: {read} to {value}", where=where, read=quoted(correction.read), value=quoted(correction.value))
