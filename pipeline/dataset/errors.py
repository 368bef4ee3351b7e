"""Errors of the dataset layer: each says in one line what is wrong and what to do."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import BudgetFormsError, UsageError


class SourceError(UsageError):
    """The folder of PDFs cannot be used."""


class DatasetError(BudgetFormsError):
    """The dataset cannot be read or written; what landed before is whole."""


class DatasetBusyError(DatasetError):
    """Another process is writing the dataset."""


class RowError(DatasetError):
    """Rows of a document that break the promises of `schemas/tables.toml`; nothing of the document lands."""


@contextmanager
def writing(out: Path, what: str = "the dataset", option: str = "--out") -> Iterator[None]:
    """Turns a failure of the file system below `out` into a `DatasetError` that tells what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            advice = "the disk is full: free some space and run again"
        else:
            advice = f"{error.strerror or error}: choose a folder that can be written ({option})"
        raise DatasetError("dataset.unwritable", f"cannot write {what} at {out}: {advice}") from error
