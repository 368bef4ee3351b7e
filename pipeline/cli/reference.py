"""`docs/commands.md`, made from the commands and their settings: `python -m pipeline.cli.reference`."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator, Set
from typing import Any

import typer.main
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

from pipeline.cli.commands import EXAMPLES, about, app
from pipeline.cli.options import PROGRAM
from pipeline.settings import FetchParameters, PublishParameters, Settings
from pipeline.text import markdown_cell

HEAD = """\
# Commands and settings

Made from the program; do not edit: `python -m pipeline.cli.reference > docs/commands.md`.
"""

SETTINGS_HEAD = """\

## Settings

Each option below can be set in the environment instead, for all commands that have it and for scheduled runs. An option
goes before the environment, and the environment before what a dataset remembers of its last run. `extract` follows
`BUDGET_FORMS_PASSWORD` and `BUDGET_FORMS_SCHEMAS` only.
"""

OTHERS = {
    "BUDGET_FORMS_LANG": "language of messages, pages and workbooks: `zh` or `en`; without it that of `LC_ALL`, "
    "`LC_MESSAGES` or `LANG`, in a browser that of the browser",
    "PREFECT_API_URL": "a Prefect server that records runs; without it each run has a private one that ends with it",
    "PREFECT_HOME": "folder for the data of a private Prefect server; without it `budget-forms/prefect` below "
    "`XDG_CACHE_HOME` (`~/.cache`), for `serve` below `XDG_STATE_HOME` (`~/.local/state`)",
    "XDG_CACHE_HOME": "see `PREFECT_HOME`",
    "XDG_STATE_HOME": "see `PREFECT_HOME`",
}
"""Variables of the environment that are no option."""

_NAMES = {"matching": "only"}  # settings whose option is called otherwise
_DEFAULT = re.compile(r"\s*\\\[default: (.*)\]$")


def reference() -> str:
    """The page as Markdown."""
    group: Any = typer.main.get_command(app)
    commands = list(zip(EXAMPLES.items(), group.commands.values(), strict=True))
    lines = [HEAD, inspect.cleandoc(about.__doc__ or ""), *_options(group, "option of all commands, before their name")]
    lines += ["\n## Commands\n", "| command | does | example |", "|---|---|---|"]
    for (function, example), command in commands:
        does = inspect.cleandoc(function.__doc__ or "").split("\n\n")[0]
        lines.append(f"| [`{command.name}`](#{command.name}) | {_cell(does)} | `{PROGRAM} {example}` |")
    for (function, _), command in commands:
        lines.append(f"\n### {command.name}\n")
        lines.append(inspect.cleandoc(function.__doc__ or ""))
        lines += _options(command, "option")
    options = {option for command in group.commands.values() for p in command.params for option in p.opts}
    return "\n".join([*lines, SETTINGS_HEAD, *_settings(options), *_others()]) + "\n"


def _options(command: Any, head: str) -> Iterator[str]:
    yield f"\n| {head} | default | meaning |\n|---|---|---|"
    for parameter in command.params:
        if parameter.param_type_name == "option" and parameter.hidden:
            continue
        text, default = _split(parameter)
        name = (
            " ".join(parameter.opts) if parameter.param_type_name == "option" else parameter.metavar or parameter.name
        )
        yield f"| `{name}` | {_cell(default)} | {_cell(text)} |"


def _split(parameter: Any) -> tuple[str, str]:
    """The help of a parameter and its default, which the help names unless the parameter has one."""
    text = str(parameter.help or "")
    if found := _DEFAULT.search(text):
        return text[: found.start()], found[1]
    if parameter.required:
        return text, "required"
    unset = parameter.default is None or isinstance(parameter.default, bool) or callable(parameter.default)
    return text, "" if unset else str(parameter.default)


def _settings(options: Set[str]) -> Iterator[str]:
    seen: set[str] = set()
    yield "| variable | option | default | meaning |\n|---|---|---|---|"
    for model in (Settings, FetchParameters, PublishParameters):
        for name, field in model.model_fields.items():
            if name not in seen:
                seen.add(name)
                option = "--" + _NAMES.get(name, name).replace("_", "-")
                named = f"`{option}`" if option in options else ""
                variable = f"{model.model_config.get('env_prefix', '')}{name}".upper()
                yield f"| `{variable}` | {named} | {_shown(model, name)} | {_cell(field.description or '')} |"


def _shown(model: type[BaseSettings], name: str) -> str:
    default = model.model_fields[name].default
    if default is PydanticUndefined:
        return "one a CPU" if name == "workers" else ""
    if default is None or default == ():
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def _others() -> Iterator[str]:
    yield "\nThese are no options:\n\n| variable | meaning |\n|---|---|"
    for name, meaning in OTHERS.items():
        yield f"| `{name}` | {meaning} |"


def _cell(text: str) -> str:
    return markdown_cell(" ".join(text.split()).replace("\\[", "["))


if __name__ == "__main__":
    sys.stdout.write(reference())
