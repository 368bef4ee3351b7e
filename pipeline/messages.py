"""Texts for people: English in the code, Chinese from one catalogue (`pipeline/locale`, `make texts` keeps it).

A text is an ordinary string in English, which logs, tests and columns can use, and remembers how it was made, so that
it can be shown in Chinese wherever it comes out: in another process, after a page was stored, in a browser.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from gettext import GNUTranslations
from pathlib import Path
from typing import Literal, TypeAlias

Language = Literal["zh", "en"]
Argument: TypeAlias = object
"""What stands for a placeholder: a number, a string as it is printed, or another `Text`, which is translated too."""

DOMAIN = "budget-forms"
LOCALES = Path(__file__).with_name("locale")
CATALOGUE = LOCALES / "zh" / "LC_MESSAGES" / f"{DOMAIN}.mo"


class Text(str):
    """A text in English with the template and the arguments that it was made of. See `t`.

    `template` names it in the catalogue, `form` is the template of the English: another one for more than one thing.
    """

    __slots__ = ("arguments", "form", "template")

    template: str
    arguments: dict[str, Argument]
    form: str

    def __new__(cls, english: str, template: str, arguments: dict[str, Argument], form: str | None = None) -> Text:
        text = super().__new__(cls, english)
        text.template, text.arguments, text.form = template, arguments, form or template
        return text

    def __getnewargs__(self) -> tuple[str, str, dict[str, Argument], str]:  # type: ignore[override]  # for pickle
        return str(self), self.template, self.arguments, self.form

    @property
    def chinese(self) -> str:
        """The text in Chinese; in English where the catalogue has none."""
        found = _catalogue().gettext(self.template) if self.template else ""
        if not self.arguments:
            return found if found != self.template else str(self)
        return found.format(**{name: translated(value, "zh") for name, value in self.arguments.items()})

    def filled(self, **arguments: Argument) -> Text:
        """The text with arguments for its placeholders."""
        return Text(self.template.format(**arguments), self.template, arguments)

    def mapped(self, change: Callable[[str], str]) -> Text:
        """The text with `change` applied to its arguments that are strings, and to those of its arguments."""
        changed = {
            name: v.mapped(change) if isinstance(v, Text) else change(v) if isinstance(v, str) else v
            for name, v in self.arguments.items()
        }
        return Text(self.form.format(**changed), self.template, changed, self.form) if changed else self


class Both(Text):
    """A text that has been written in both languages, such as that of a row of the dataset."""

    __slots__ = ()

    @property
    def chinese(self) -> str:
        return self.template


def t(template: str, /, **arguments: Argument) -> Text:
    """A text of the catalogue, `{name}` replaced by arguments as in `str.format`."""
    return _made(template, template, arguments)


def _made(template: str, form: str, arguments: dict[str, Argument]) -> Text:
    if not arguments:
        return Text(form, template, arguments)
    for name, value in arguments.items():
        if isinstance(value, BaseException):  # it may hold what no other process can take
            arguments[name] = error_text(value)
    return Text(form.format(**arguments), template, arguments, form)


def tn(singular: str, plural: str, count: int, /, **arguments: Argument) -> Text:
    """A text with a number `{count}`, which decides between the two English forms."""
    return _made(singular, singular if count == 1 else plural, {**arguments, "count": count})


def both(english: object, chinese: object) -> Text:
    """A text that is known in both languages; English where there is no Chinese."""
    return Both(str(english), str(chinese or english), {})


def known(english: str) -> Text:
    """A string that may be a text of the catalogue without arguments, such as one that was stored."""
    return Text(english, english, {})


def pattern(template: str) -> str:
    """A template of messages that come as strings, from libraries; see `recognised`."""
    return template


def recognised(message: str, patterns: Iterable[str]) -> Text:
    """The text of the first pattern that a message fits; a message that fits none stays as it is."""
    for template in patterns:
        if (match := _expression(template).fullmatch(message)) is not None:
            return _made(template, template, dict(match.groupdict()))
    return known(message)


def joined(separator: Text, texts: Iterable[str]) -> Text:
    """Texts one after the other; the separator is a text too, since Chinese has other signs (`SEMICOLON`)."""
    parts: dict[str, Argument] = {f"text{number}": text for number, text in enumerate(texts)}
    parts["separator"] = separator
    template = "{separator}".join(f"{{{name}}}" for name in parts if name != "separator")
    return Text(template.format(**parts), template, parts)


COMMA, SEMICOLON, BLANK, OR, AND = t(", "), t("; "), t(" "), t(" or "), t(" and ")


NOTHING = Text("", "", {})


def translated(value: object, language: Language) -> object:
    """A text in a language; all else as it is."""
    return value.chinese if language == "zh" and isinstance(value, Text) else value


_STORED = '{"text": '  # what a text with arguments begins with in a file


def stored(text: str) -> str:
    """The text as a string that `restored` makes a text of again, to be kept in a file."""
    made = text if isinstance(text, Text) else known(text)
    if not made.arguments and not isinstance(made, Both) and not made.startswith(_STORED):
        return str(made)
    return json.dumps(_as_json(made), ensure_ascii=False)


def restored(line: str) -> Text:
    """The text of which `stored` made a line."""
    if line.startswith(_STORED):
        return _from_json(json.loads(line))
    return known(line)


def _as_json(value: object) -> object:
    if isinstance(value, Text):
        arguments = {name: _as_json(argument) for name, argument in value.arguments.items()}
        kind = {"both": True} if isinstance(value, Both) else {"form": value.form}
        return {"text": str(value), "template": value.template, "arguments": arguments, **kind}
    return value if isinstance(value, int | float) else str(value)


def _from_json(value: dict[str, object]) -> Text:
    found = value["arguments"]
    assert isinstance(found, dict)
    arguments = {n: _from_json(argument) if isinstance(argument, dict) else argument for n, argument in found.items()}
    if value.get("both"):
        return both(value["text"], value["template"])
    return Text(str(value["text"]), str(value["template"]), arguments, str(value.get("form") or value["template"]))


def error_text(error: BaseException) -> Text:
    """What an error says."""
    message = getattr(error, "message", None)
    if isinstance(message, Text):
        return message
    if isinstance(error, OSError) and str(error).startswith("[Errno"):
        return system_error(error)
    return known(str(error))


def system_reason(error: OSError) -> Text:
    """Why the operating system, or a check in its place, refused a file; its usual reasons are in the catalogue."""
    reason = error.strerror or str(error)
    return reason if isinstance(reason, Text) else known(reason)


def system_error(error: OSError) -> Text:
    """The message of the operating system with its number and the file."""
    if error.errno is None or error.strerror is None:
        return known(str(error))
    reason, name = system_reason(error), error.filename
    if name is None:
        return t("[Errno {number}] {reason}", number=error.errno, reason=reason)
    return t("[Errno {number}] {reason}: {name!r}", number=error.errno, reason=reason, name=os.fspath(name))


_OF_THE_SYSTEM = (
    t("No such file or directory"),
    t("Permission denied"),
    t("Operation not permitted"),
    t("File exists"),
    t("Is a directory"),
    t("Not a directory"),
    t("No space left on device"),
    t("Read-only file system"),
    t("Input/output error"),
    t("File name too long"),
    t("Too many open files"),
    t("Too many levels of symbolic links"),
    t("Disk quota exceeded"),
    t("Connection timed out"),
    t("Connection refused"),
    t("Connection reset by peer"),
    t("Address already in use"),
    t("Network is unreachable"),
    t("No route to host"),
    t("Broken pipe"),
    t("Cannot allocate memory"),
)
"""What `os.strerror` says, so that it is in the catalogue."""


@lru_cache(maxsize=256)
def _expression(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", template)
    named = (f"(?P<{part}>.*)" if number % 2 else re.escape(part) for number, part in enumerate(parts))
    return re.compile("".join(named), re.DOTALL)


@lru_cache(maxsize=1)
def _catalogue() -> GNUTranslations:
    with CATALOGUE.open("rb") as file:
        return GNUTranslations(file)
