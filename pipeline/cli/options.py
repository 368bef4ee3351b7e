"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

import typer

from pipeline.errors import UsageError
from pipeline.language import Language
from pipeline.library_messages import value_message
from pipeline.messages import t

if TYPE_CHECKING:
    from pydantic import BaseModel

    from pipeline.settings import Settings

PROGRAM = "budget-forms"

T = TypeVar("T", bound="BaseModel")

Reader = Literal["mupdf", "pdfplumber"]

Out = Annotated[Path | None, typer.Option(help=t("Folder of the dataset.  \\[default: data/processed]"))]

Raw = Annotated[
    Path | None, typer.Option(help=t("Folder of the PDFs.  \\[default: that of the last run, else data/raw]"))
]

Sources = Annotated[Path | None, typer.Option(help=t("File that names the publishers.  \\[default: sources.toml]"))]

Tables = Annotated[
    list[str] | None, typer.Option(help=t("Only this table; may be repeated.  \\[default: all but the large ones]"))
]

Year = Annotated[int | None, typer.Option(help=t("Only rows of this fiscal year."))]

Limit = Annotated[
    int | None,
    typer.Option(min=0, help=t("Rows of a table to show, 0 for all.  \\[default: 40 on a terminal, all in a file]")),
]

Corrections = Annotated[
    Path | None,
    typer.Option(help=t("Folder of corrections.  \\[default: that of the last run, else data/corrections]")),
]

Schemas = Annotated[
    Path | None,
    typer.Option(
        help=t(
            "Folder of layouts and labels of your own, beside those of the package.  "
            "\\[default: that of the last run, else none]"
        )
    ),
]

Lang = Annotated[
    Language | None,
    typer.Option(help=t("Language: zh or en.  \\[default: BUDGET_FORMS_LANG, else the environment's or browser's]")),
]

Password = Annotated[
    str | None,
    typer.Option(help=t("Opens encrypted PDFs; BUDGET_FORMS_PASSWORD keeps it out of the list of processes.")),
]


def make_settings(**options: object) -> Settings:
    """The settings of an ingest run, see `filled_in`; folders not named are those of the dataset's last run."""
    from pipeline.run.inputs import with_input_folders
    from pipeline.settings import Settings

    return with_input_folders(filled_in(Settings, options))


def filled_in(settings: type[T], options: Mapping[str, object]) -> T:
    """The settings with the options that were given; the environment and the defaults fill in the others.

    Raises `UsageError` when a value is not allowed.
    """
    from pydantic import ValidationError

    try:
        return settings(**{name: value for name, value in options.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        raise UsageError(
            "usage.setting",
            t(
                "{name} (BUDGET_FORMS_{name2}): {msg}, not {input!r}",
                name=name,
                name2=name.upper(),
                msg=value_message(first["msg"]),
                input=first["input"],
            ),
        ) from error
