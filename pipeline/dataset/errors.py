"""Errors of the dataset layer. Each message names the fault and the remedy in one line."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import BudgetFormsError, UsageError
from pipeline.messages import Text, system_reason, t


class SourceError(UsageError):
    """The folder of PDFs cannot be used."""


class DatasetError(BudgetFormsError):
    """The dataset cannot be read or written; the current version is complete."""


class DatasetBusyError(DatasetError):
    """Another process is writing the dataset."""


class RowError(DatasetError):
    """Rows of a document violate `schemas/tables.toml`; the document does not land."""


def damaged(path: object, reason: Text) -> DatasetError:
    """The error for a file of the dataset that cannot be read; `reason` may name it instead of `path`."""
    message = t("{path}: {reason}: bring the dataset back, or remove it and run again", path=path, reason=reason)
    return DatasetError("dataset.damaged", message)


DATASET = t("the dataset")


@contextmanager
def writing(out: Path, what: Text = DATASET, option: str = "--out") -> Iterator[None]:
    """Turns an `OSError` below `out` into a `DatasetError` with a remedy."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            advice = t("the disk is full: free some space and run again")
        else:
            advice = t(
                "{reason}: choose a folder that can be written ({option})", reason=system_reason(error), option=option
            )
        raise DatasetError(
            "dataset.unwritable", t("cannot write {what} at {out}: {advice}", what=what, out=out, advice=advice)
        ) from error
