"""Texts in two languages: how they are made, kept and shown."""

from __future__ import annotations

import pickle

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo

from pipeline.errors import DocumentError, reason_of
from pipeline.messages import CATALOGUE, SEMICOLON, Text, both, joined, known, restored, stored, t, tn
from tests.catalogue import chinese, load, texts

INNER = t("No space left on device")
OUTER = t("[Errno {number}] {reason}: {name!r}", number=28, reason=INNER, name="表.pdf")


def test_a_text_is_its_english_string() -> None:
    assert OUTER == "[Errno 28] No space left on device: '表.pdf'"
    assert f"{OUTER}" == str(OUTER)


@pytest.mark.parametrize("text", [INNER, OUTER, tn("{count} page", "{count} pages", 2), both("a", "甲")])
def test_a_text_is_the_same_in_another_process(text: Text) -> None:
    copy = pickle.loads(pickle.dumps(text))
    assert (copy, copy.chinese) == (text, text.chinese)


@pytest.mark.parametrize("text", [INNER, OUTER, joined(SEMICOLON, (INNER, OUTER)), known("{odd} line")])
def test_a_text_comes_back_from_a_file(text: Text) -> None:
    copy = restored(stored(text))
    assert (copy, copy.chinese) == (text, text.chinese)


@pytest.mark.parametrize(("count", "says"), [(0, "0 pages"), (1, "1 page"), (2, "2 pages")])
def test_a_number_decides_between_singular_and_plural(count: int, says: str) -> None:
    assert tn("{count} page", "{count} pages", count) == says


def test_an_error_of_the_program_keeps_its_text() -> None:
    error = pickle.loads(pickle.dumps(DocumentError("pdf.empty", OUTER)))
    assert reason_of(error).chinese == OUTER.chinese


def test_the_catalogue_has_the_texts_of_the_code_and_no_others() -> None:
    written = {message.id for message in load() if message.id}
    assert written == {text for text, _ in texts()}, "run: make texts"


def test_the_compiled_catalogue_is_that_of_the_written_one() -> None:
    with CATALOGUE.open("rb") as file:
        compiled = read_mo(file)
    assert _translations(compiled) == _translations(load()), "run: make texts"


def _translations(catalogue: Catalog) -> dict[str, str]:
    entries = ((m.id if isinstance(m.id, str) else m.id[0], chinese(m)) for m in catalogue if m.id)
    return {text: translation for text, translation in entries if translation}
