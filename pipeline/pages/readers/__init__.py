"""The readers: each opens PDFs and gives what their pages print, in the same types."""

from __future__ import annotations

from importlib import import_module

from pipeline.errors import BudgetFormsError
from pipeline.messages import t
from pipeline.pages.model import Reader

READERS = {
    "mupdf": "pipeline.pages.readers.mupdf:MuPdfReader",
    "pdfplumber": "pipeline.pages.readers.plumber:PlumberReader",
    "pdfium": "pipeline.pages.readers.pdfium:PdfiumReader",
}
PRIMARY = ("mupdf", "pdfplumber")
"""Readers that find rules as well as words, and so can read forms."""


def load_reader(name: str) -> Reader:
    """A reader by its name, or a class as `module:Class`.

    Readers are imported late: people without PyMuPDF's licence run with pdfplumber alone. Raises `BudgetFormsError` for
    an unknown name or a reader that is not installed.
    """
    module, _, cls = READERS.get(name, name).partition(":")
    if not cls:
        raise BudgetFormsError(
            "reader.unknown",
            t("there is no reader {name!r}; use one of {primary}", name=name, primary=", ".join(PRIMARY)),
        )
    try:
        reader: Reader = getattr(import_module(module), cls)()
    except ImportError as error:
        raise BudgetFormsError(
            "reader.missing",
            t("the reader {name} needs a package that is not installed: {name2}", name=name, name2=error.name),
        ) from error
    except AttributeError as error:
        raise BudgetFormsError(
            "reader.unknown", t("there is no reader {name!r}: {error}", name=name, error=error)
        ) from error
    return reader
