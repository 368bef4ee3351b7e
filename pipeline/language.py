"""The language in which texts are shown to a person: Chinese or English."""

from __future__ import annotations

import os
from collections.abc import Mapping

from pipeline.errors import UsageError
from pipeline.messages import Language, Text, t, translated

__all__ = ["SETTING", "Language", "language_of", "language_of_browser", "shown"]

SETTING = "BUDGET_FORMS_LANG"
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""Where POSIX names the language of messages; the first that is set counts."""


def language_of(option: Language | None = None, environment: Mapping[str, str] = os.environ) -> Language:
    """The language that an option asks for, else the setting, else the language of the environment.

    A language other than Chinese gives English. Raises `UsageError` for a setting that is neither `zh` nor `en`.
    """
    if option is not None:
        return option
    if setting := environment.get(SETTING):
        return _checked(setting)
    named = next((value for name in _VARIABLES if (value := environment.get(name))), "")
    return "zh" if named.lower().startswith("zh") else "en"


def language_of_browser(accepted: str, option: Language | None = None) -> Language:
    """The language that an option or the setting asks for, else the first of Accept-Language that is one of the two."""
    if option is not None or os.environ.get(SETTING):
        return language_of(option)
    for part in accepted.lower().split(","):
        if (name := part.strip()[:2]) in ("zh", "en"):
            return _checked(name)
    return "en"


def shown(text: Text, language: Language | None = None) -> str:
    """A text in the language of the person; where the setting names none that is known, in English."""
    try:
        return str(translated(text, language or language_of()))
    except UsageError:
        return str(text)


def _checked(name: str) -> Language:
    if name == "zh":
        return "zh"
    if name == "en":
        return "en"
    raise UsageError("usage.lang", t("{setting} is {name!r}: zh and en are known", setting=SETTING, name=name))
