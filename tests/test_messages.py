"""Texts in two languages: how they are made, kept and shown."""

from __future__ import annotations

import ast
import pickle
import re
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo

from pipeline.errors import DocumentError, reason_of
from pipeline.messages import CATALOGUE, SEMICOLON, Text, both, joined, known, restored, stored, t, tn
from tests.catalogue import ROOT, chinese, load, texts

INNER = t("No space left on device")
OUTER = t("[Errno {number}] {reason}: {name!r}", number=28, reason=INNER, name="表.pdf")


def test_a_text_is_its_english_string() -> None:
    assert OUTER == "[Errno 28] No space left on device: '表.pdf'"
    assert f"{OUTER}" == str(OUTER)


@pytest.mark.parametrize("text", [INNER, OUTER, tn("{count} page", "{count} pages", 2), both("a", "甲")])
def test_a_text_is_the_same_in_another_process(text: Text) -> None:
    copy = pickle.loads(pickle.dumps(text))
    assert (copy, copy.chinese) == (text, text.chinese)


ODD = (known("{odd} line"), known('{"text": a file says'), both("a", "甲"), tn("{count} page", "{count} pages", 2))


@pytest.mark.parametrize("text", [INNER, OUTER, joined(SEMICOLON, (INNER, OUTER)), *ODD])
def test_a_text_comes_back_from_a_file(text: Text) -> None:
    copy = restored(stored(text))
    assert (copy, copy.chinese) == (text, text.chinese)
    assert copy.mapped(str.upper) == text.mapped(str.upper)


def test_arguments_of_a_plural_may_change() -> None:
    text = tn("{count} page of {name}", "{count} pages of {name}", 3, name="a")
    for copy in (text, restored(stored(text)), pickle.loads(pickle.dumps(text))):
        assert copy.mapped(str.upper) == "3 pages of A"


def test_an_error_among_the_arguments_of_a_plural_is_a_text() -> None:
    text = tn("{count}: {error}", "{count}: {error}", 2, error=DocumentError("pdf.empty", OUTER))
    assert text.chinese == f"2: {OUTER.chinese}"


@pytest.mark.parametrize(("count", "says"), [(0, "0 pages"), (1, "1 page"), (2, "2 pages")])
def test_a_number_decides_between_singular_and_plural(count: int, says: str) -> None:
    assert tn("{count} page", "{count} pages", count) == says


def test_an_error_of_the_program_keeps_its_text() -> None:
    error = pickle.loads(pickle.dumps(DocumentError("pdf.empty", OUTER)))
    assert reason_of(error).chinese == OUTER.chinese


def test_the_catalogue_has_the_texts_of_the_code_and_no_others() -> None:
    written = {message.id for message in load() if message.id}
    assert written == {text for text, _ in texts()}, "run: make texts"


def test_no_text_lacks_a_translation() -> None:
    catalogue = load()
    assert [message.id for message in catalogue if message.id and not chinese(message)] == []
    assert [message.id for message in catalogue if message.fuzzy and message.id] == []
    assert not catalogue.obsolete


def test_translations_have_the_placeholders_of_their_texts() -> None:
    for message in (m for m in load() if m.id):
        wanted = {name for text in _forms(message) for name in _placeholders(text)}
        found = _placeholders(chinese(message))
        assert wanted - found <= {"rest"}, message.id  # of a library's message, what only its English needs
        assert found <= wanted, message.id


def test_translations_have_full_width_signs() -> None:
    odd = re.compile("[\u4e00-\u9fff][,;:!?]|[,;!?][\u4e00-\u9fff]")
    assert [message.id for message in load() if message.id and odd.search(chinese(message))] == []


def test_no_message_escapes_the_catalogue() -> None:
    """mypy holds that errors and findings get a `Text`; this holds that commands print nothing else."""
    bare = [
        f"{path.name}:{call.lineno}"
        for folder in ("pipeline", "flows")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and _prints(call) and any(map(_is_sentence, call.args))
    ]
    assert bare == []


def _prints(call: ast.Call) -> bool:
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    return name in ("print", "write", "echo", "status") or (name.endswith("Error") and name not in _FOR_PROGRAMMERS)


def _is_sentence(node: ast.AST) -> bool:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return any(
        isinstance(part, ast.Constant) and isinstance(part.value, str) and _WORDS.search(part.value) for part in parts
    )


_FOR_PROGRAMMERS = ("AssertionError", "DamagedPagesError", "KeyError", "ModuleNotFoundError", "TypeError", "ValueError")
_WORDS = re.compile(r"[a-z]{2,},? [a-z]{2,}|^[a-z]+: ")


def _forms(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _placeholders(text: str) -> set[str]:
    return {name.partition("[")[0] for _, name, _, _ in Formatter().parse(_PATTERNS.sub("", text)) if name}


_PATTERNS = re.compile(r"\(\?P<\w+>…\)|\{n\}")


def test_the_compiled_catalogue_is_that_of_the_written_one() -> None:
    with CATALOGUE.open("rb") as file:
        compiled = read_mo(file)
    assert _translations(compiled) == _translations(load()), "run: make texts"


def _translations(catalogue: Catalog) -> dict[str, str]:
    entries = ((m.id if isinstance(m.id, str) else m.id[0], chinese(m)) for m in catalogue if m.id)
    return {text: translation for text, translation in entries if translation}
