"""Questions that come with the program, each with the SQL that answers it: `questions/<name>.sql`.

A file is a DuckDB query in which `$name` stands for a definition of `definitions.toml`. The HTML report uses the same
definitions, so that one measure is the same number everywhere. A file begins with comments:

    -- title: Budget by region and year
    -- question: 1
    -- note: explains the result; may have several lines, each with `-- `
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pipeline.errors import KnowledgeError, UsageError
from pipeline.messages import COMMA, Text, joined, known, t

_DEFINED = re.compile(r"\$([a-z][a-z0-9_]*)")
_HEAD = re.compile(r"-- title: (?P<title>.+)\n-- question: (?P<question>[1-9]\d?)\n-- note: (?P<note>.+(?:\n-- .+)*)\n")


@dataclass(frozen=True, slots=True)
class ReadyQuestion:
    """A question: `question` is the number of the group of questions that it belongs to, `note` is a paragraph."""

    name: str
    title: Text
    question: int
    note: str
    sql: str


@cache
def ready_questions() -> Mapping[str, ReadyQuestion]:
    """All ready questions by name, in the order of their numbers.

    Raises `KnowledgeError` when a file does not begin with its title, question and note.
    """
    found = [
        _parsed(file.name.removesuffix(".sql"), file.read_text(encoding="utf-8"))
        for file in (files("pipeline.outputs.query") / "questions").iterdir()
        if file.name.endswith(".sql")
    ]
    return {ready.name: ready for ready in sorted(found, key=lambda ready: (ready.question, ready.name))}


def ready_question(name: str) -> ReadyQuestion:
    """One ready question; raises `UsageError` when there is none of this name."""
    try:
        return ready_questions()[name]
    except KeyError:
        raise UsageError(
            "usage.ready",
            t(
                "no ready query {name!r}: there are {ready_questions}",
                name=name,
                ready_questions=joined(COMMA, ready_questions()),
            ),
        ) from None


@cache
def definition(name: str) -> str:
    """A definition as SQL, with those that it uses. Raises `KnowledgeError` when there is none of this name."""
    try:
        return expanded(_definitions()[name].strip())
    except KeyError:
        raise KnowledgeError("query.definition", t("definitions.toml does not define ${name}", name=name)) from None


def expanded(sql: str) -> str:
    """SQL with each `$name` replaced by its definition."""
    return _DEFINED.sub(lambda match: definition(match[1]), sql)


@cache
def _definitions() -> Mapping[str, str]:
    return tomllib.loads((files("pipeline.outputs.query") / "definitions.toml").read_text(encoding="utf-8"))


def _parsed(name: str, text: str) -> ReadyQuestion:
    head = _HEAD.match(text)
    if head is None:
        raise KnowledgeError("query.head", t("{name}.sql must begin with comments: title, question, note", name=name))
    note = " ".join(line.removeprefix("-- ") for line in head["note"].splitlines())
    return ReadyQuestion(name, known(head["title"]), int(head["question"]), note, expanded(text[head.end() :].strip()))
