"""The two fingerprints: pages are read again for what reads them, rows are made again for what makes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.run import fingerprint
from pipeline.run.fingerprint import meaning_fingerprint, ocr_key, pages_fingerprint, pages_key, run_fingerprint
from tests.shared import ROOT, python

Prints = dict[str, str]
READERS = ("mupdf", "pdfplumber", "pdfium", "ocr")
Change = Callable[[str], set[str]]


def forget() -> None:
    """What this process has computed, as if it were a new one."""
    for remembered in (ocr_key, pages_fingerprint, meaning_fingerprint):
        remembered.cache_clear()


def prints() -> Prints:
    forget()
    return {name: pages_fingerprint(name) for name in READERS} | {"meaning": meaning_fingerprint()}


@pytest.fixture
def change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Change]:
    """Changes a file of a small program, and says which fingerprints follow."""
    monkeypatch.setattr(fingerprint, "files", lambda package: tmp_path / package)
    for folder in ("pipeline", "schemas"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".py", ".toml"):
                copy = tmp_path / path.relative_to(ROOT)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_text("1")

    def changed(name: str) -> set[str]:
        before = prints()
        assert (tmp_path / name).exists(), name
        (tmp_path / name).write_text("2")
        return {which for which, digest in prints().items() if digest != before[which]}

    yield changed
    monkeypatch.undo()
    forget()


@pytest.mark.parametrize(
    ("name", "followed"),
    [
        ("pipeline/tables/cells.py", {"meaning"}),
        ("pipeline/document/assemble.py", {"meaning"}),
        ("pipeline/text.py", {*READERS, "meaning"}),
        ("pipeline/pages/model.py", {*READERS, "meaning"}),
        ("pipeline/pages/store.py", set(READERS)),
        ("pipeline/pages/read.py", set(READERS)),
        ("pipeline/pages/readers/mupdf.py", {"mupdf"}),
        ("pipeline/pages/readers/mupdf_rules.py", {"mupdf"}),
        ("pipeline/pages/readers/plumber_clips.py", {"pdfplumber"}),
        ("pipeline/pages/ocr/page.py", {"ocr"}),
        ("pipeline/pages/lattice.py", {"ocr", "meaning"}),
        ("pipeline/dataset/landing/land.py", set()),
        ("pipeline/cli/ingest.py", set()),
        ("pipeline/run/queue.py", set()),
        ("schemas/labels.toml", {"meaning"}),
        ("schemas/layouts.toml", {"meaning"}),
        ("schemas/catalogue.toml", set()),
    ],
)
def test_what_a_changed_file_makes_again(change: Change, name: str, followed: set[str]) -> None:
    assert change(name) == followed


def test_packages_and_their_versions_are_part_of_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    first = prints()
    assert len(set(first.values())) == len(first)
    assert all(re.fullmatch(r"[0-9a-f]{16}", digest) for digest in first.values())
    assert prints() == first
    monkeypatch.setattr(fingerprint, "version", lambda package: "999")
    again = prints()
    assert {name for name in first if first[name] != again[name]} == set(READERS)
    monkeypatch.undo()
    forget()


def test_a_run_depends_on_the_readers_that_it_uses() -> None:
    ways = ("off", "values", "findings", "all")
    assert len({run_fingerprint(reader, verify) for reader in ("mupdf", "pdfplumber") for verify in ways}) == 8


def test_a_reader_that_is_named_by_its_class_has_a_folder_name() -> None:
    assert re.fullmatch(r"tests\.faults\.FaultyReader-[0-9a-f]{16}", pages_key("tests.faults:FaultyReader"))


def test_fingerprints_need_no_heavy_package() -> None:
    code = (
        "import sys; from pipeline.run.fingerprint import run_fingerprint as f; f('mupdf', 'values'); "
        "print([m for m in ('pymupdf', 'pdfplumber', 'pyarrow', 'duckdb', 'pydantic') if m in sys.modules])"
    )
    assert python(code) == "[]"
