"""Errors with a stable code and one line that says what is wrong and how to mend it."""

from pathlib import Path
from typing import ClassVar

from pipeline.library_messages import pdf_message
from pipeline.messages import Text, error_text
from pipeline.text import one_line


class BudgetFormsError(Exception):
    """Anything the program gives up on. Its text is shown without a traceback, in the language of the person.

    `code` is stable (`pdf.encrypted`) and lands in `documents.error_code`; `document` is a path, `page` counts from 1.
    """

    exit_status: ClassVar[int] = 2

    def __init__(self, code: str, message: Text, *, document: str | None = None, page: int | None = None) -> None:
        super().__init__(code, message)
        self.code, self.message, self.document, self.page = code, message, document, page

    def __str__(self) -> str:
        return str(self.message)


def reason_of(error: BaseException, path: Path | None = None) -> Text:
    """The reason in one line, without the folder of `path`: the same file gives the same message wherever it lies."""

    def shortened(line: str) -> str:
        return one_line(line.replace(str(path), path.name) if path is not None else line)

    text = error_text(error)
    if text.arguments or isinstance(error, BudgetFormsError):
        return text.mapped(shortened)
    return pdf_message(shortened((str(text).strip().splitlines() or [type(error).__name__])[0]))


class UsageError(BudgetFormsError):
    """The command was called in a way that cannot work: a missing folder, a wrong option (exit status 2)."""


class DocumentError(BudgetFormsError):
    """A document that cannot be read at all."""


class PageError(BudgetFormsError):
    """One page that cannot be read; the others can."""


class KnowledgeError(BudgetFormsError):
    """A file under `schemas/` that is not as it should be."""


class RunError(BudgetFormsError):
    """The worker processes or the Prefect server of a run cannot be kept running; nothing has landed."""
