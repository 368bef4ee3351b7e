"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.settings import Settings

Out = Annotated[Path | None, typer.Option(help="Folder of the dataset.  [default: data/processed]")]


def make_settings(**options: object) -> Settings:
    """The settings with the options that were given; the environment and the defaults fill in the others.

    Raises `UsageError` when a value is not allowed.
    """
    from pydantic import ValidationError

    from pipeline.settings import Settings

    try:
        return Settings(**{name: value for name, value in options.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        raise UsageError(
            "usage.setting", f"{name} (BUDGET_FORMS_{name.upper()}): {first['msg']}, not {first['input']!r}"
        ) from error
