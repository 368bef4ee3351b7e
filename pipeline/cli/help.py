"""Help in the language of the person: Typer writes it in English, and what it says itself is in the catalogue too."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand, TyperGroup

from pipeline.language import shown
from pipeline.messages import known, t

_HELP = t("Show this message and exit.")
_PANELS = {
    "ARGUMENTS_PANEL_TITLE": t("Arguments"),
    "OPTIONS_PANEL_TITLE": t("Options"),
    "COMMANDS_PANEL_TITLE": t("Commands"),
    "DEFAULT_STRING": t("[default: {}]"),
    "REQUIRED_LONG_STRING": t("[required]"),
}
"""Names of the module `typer.rich_utils`, with the texts that they hold."""


class _InLanguage:
    """A command whose help is in the language of the person. Its texts are those of the catalogue, in English."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        from typer import rich_utils

        for name, text in _PANELS.items():
            setattr(rich_utils, name, shown(text))
        rich_utils.highlighter = _folding(rich_utils.OptionHighlighter)
        _translate(self, ctx)
        for command in getattr(self, "commands", {}).values():
            _translate(command, None)
        super().format_help(ctx, formatter)  # type: ignore[misc]

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        pieces = self.collect_usage_pieces(ctx)  # type: ignore[attr-defined]
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix=shown(t("Usage: ")))


class Command(_InLanguage, TyperCommand):
    """A command whose help is in the language of the person."""


class Group(_InLanguage, TyperGroup):
    """All commands, whose help is in the language of the person."""


def _folding(highlighter: type[Any]) -> Any:
    """Typer's highlighter for texts that may be broken between any two characters, as Chinese is.

    Rich breaks at blanks only, and cuts off the rest of what is too long for a column.
    """

    class Folding(highlighter):  # type: ignore[misc]
        def __call__(self, text: Any) -> Any:
            highlighted = super().__call__(text)
            highlighted.overflow = "fold"
            return highlighted

    return Folding()


def _translate(command: Any, ctx: Any) -> None:
    command.help = shown(known(command.help or ""))
    command.epilog = shown(command.epilog)
    if ctx is None:
        return
    for parameter in command.get_params(ctx):
        parameter.help = shown(known(parameter.help or ""))
