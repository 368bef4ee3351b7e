"""The catalogue of texts: takes them from the code, and keeps `.po` and `.mo`. `make texts` runs it.

A new or changed text comes into the `.po` file without a translation; write one and run it again. Texts that the code
no longer has go. There is no guessing (fuzzy entries): a translation belongs to one text.
"""

from __future__ import annotations

import ast
import inspect
import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment, nodes

from pipeline.cli.commands import EXAMPLES, about
from pipeline.messages import CATALOGUE
from pipeline.outputs.query.ready import ready_questions

ROOT = Path(__file__).parents[1]
PO = CATALOGUE.with_suffix(".po")
PACKAGES = ("pipeline", "flows")
KEYWORDS = {"t": 1, "tn": 2, "pattern": 1}
"""Functions that make texts, each with the number of its arguments that are templates."""
HEADER = "# Texts of budget-forms in Chinese. Made by `make texts`; only the translations (msgstr) are written by hand."

Identifier = str | tuple[str, ...]


def texts() -> Iterator[tuple[Identifier, str]]:
    """All texts of the code with the file that has them: of calls, of ready questions, and docstrings of commands."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            for call in calls(path):
                yield _identifier(call, name), name
    for path in sorted((ROOT / "pipeline").rglob("*.j2")):
        for node in Environment().parse(path.read_text(encoding="utf-8")).find_all(nodes.Call):
            if isinstance(node.node, nodes.Name) and node.node.name in KEYWORDS:
                found = [argument.as_const() for argument in node.args[: KEYWORDS[node.node.name]]]
                yield found[0] if len(found) == 1 else tuple(found), path.relative_to(ROOT).as_posix()
    for ready in ready_questions().values():
        yield str(ready.title), f"pipeline/outputs/query/questions/{ready.name}.sql"
    for command in (about, *EXAMPLES):
        yield inspect.cleandoc(command.__doc__ or ""), f"{command.__module__.replace('.', '/')}.py"


def calls(path: Path) -> Iterator[ast.Call]:
    """The calls of a file that make texts. Babel's own search does not look into f-strings before Python 3.12."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
            yield node


def _identifier(call: ast.Call, name: str) -> Identifier:
    assert isinstance(call.func, ast.Name)
    found = [ast.literal_eval(argument) for argument in call.args[: KEYWORDS[call.func.id]]]
    assert all(isinstance(text, str) for text in found), f"{name}:{call.lineno}: a text must be a literal"
    return found[0] if len(found) == 1 else tuple(found)


def load() -> Catalog:
    """The catalogue as it is written down."""
    with PO.open("rb") as file:
        return read_po(file, locale="zh", domain=CATALOGUE.stem)


def updated() -> Catalog:
    """The texts of the code, with the translations that are written down."""
    before = load()
    catalogue = Catalog("zh", header_comment=HEADER, project=CATALOGUE.stem, version="-", fuzzy=False)
    catalogue.creation_date, catalogue.revision_date = before.creation_date, before.revision_date
    for text, name in sorted(texts(), key=lambda found: (found[1], str(found[0]))):
        known = before.get(text if isinstance(text, str) else text[0])
        catalogue.add(text, chinese(known) if isinstance(text, str) else (chinese(known),), [(name, 0)])
    return catalogue


def chinese(message: Message | None) -> str:
    """The translation of an entry, empty where there is none; Chinese has one form for all numbers."""
    string = message.string if message is not None else ""
    return str(string if isinstance(string, str) else string[0]) if string else ""


def as_po(catalogue: Catalog) -> bytes:
    """The bytes of the `.po` file."""
    file = io.BytesIO()
    write_po(file, catalogue, width=120, include_lineno=False)
    return file.getvalue()


def as_mo(catalogue: Catalog) -> bytes:
    """The bytes of the `.mo` file."""
    file = io.BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


if __name__ == "__main__":
    found = updated()
    PO.write_bytes(as_po(found))
    CATALOGUE.write_bytes(as_mo(found))
    missing = [message.id for message in found if message.id and not chinese(message)]
    print(f"{len(found)} texts, {len(missing)} without Chinese", *missing, sep="\n")
