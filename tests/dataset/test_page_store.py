"""The folder of stored pages: whole files or none, private, and no more of them than will be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.dataset.errors import DatasetError
from pipeline.dataset.store.page_store import PageStore
from pipeline.pages.model import DocumentInfo, Page, Word
from pipeline.pages.store import encode

ONE, OTHER = "1" * 64, "2" * 64
INFO = DocumentInfo(3, None)


def page(number: int) -> Page:
    return Page(number, 595, 842, (Word(1, 2, 3, 4, "甲", 1),), (), (), False)


@pytest.fixture
def store(tmp_path: Path) -> PageStore:
    return PageStore(tmp_path / "out")


def files(store: PageStore) -> list[str]:
    return sorted(path.relative_to(store.folder).as_posix() for path in store.folder.rglob("*") if path.is_file())


def test_pages_are_found_by_reader_document_and_part(store: PageStore) -> None:
    store.save("mupdf-1", ONE, encode(INFO, [page(1), page(2)]), 1)
    store.save("mupdf-1", ONE, encode(INFO, [page(3)]), 3)
    assert store.load("mupdf-1", ONE) is None
    assert not store.has("mupdf-1", ONE)
    assert store.has("mupdf-1", ONE, 3)
    part = store.load("mupdf-1", ONE, 3)
    assert part is not None
    assert list(part) == [page(3)]
    store.join("mupdf-1", ONE, [1, 3])
    assert files(store) == [f"mupdf-1/{ONE}.parquet"]
    whole = store.load("mupdf-1", ONE)
    assert whole is not None
    assert list(whole) == [page(1), page(2), page(3)]
    assert store.load("mupdf-2", ONE) is None
    assert store.load("mupdf-1", OTHER) is None


@pytest.mark.parametrize("damage", [b"", b"PAR1", slice(0, -1), slice(0, 100)])
def test_a_damaged_file_counts_as_none(store: PageStore, damage: bytes | slice) -> None:
    data = encode(INFO, [page(1)])
    store.save("mupdf-1", ONE, data[damage] if isinstance(damage, slice) else damage)
    assert store.load("mupdf-1", ONE) is None
    store.save("mupdf-1", ONE, data)
    assert store.load("mupdf-1", ONE) is not None


def test_a_file_is_replaced_whole_or_not_at_all(store: PageStore, monkeypatch: pytest.MonkeyPatch) -> None:
    data = encode(INFO, [page(1)])
    store.save("mupdf-1", ONE, data)
    with monkeypatch.context() as patched:
        patched.setattr("os.replace", full)
        patched.setattr("pathlib.Path.replace", full)
        with pytest.raises(DatasetError):
            store.save("mupdf-1", ONE, encode(INFO, [page(2)]))
    found = store.load("mupdf-1", ONE)
    assert found is not None
    assert list(found) == [page(1)]
    store.clear()
    assert files(store) == [f"mupdf-1/{ONE}.parquet"]


def full(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_only_its_user_may_look(store: PageStore) -> None:
    store.save("mupdf-1", ONE, encode(INFO, [page(1)]))
    assert store.folder.stat().st_mode & 0o777 == 0o700


def test_only_its_user_may_look_at_pages_that_are_not_kept(tmp_path: Path) -> None:
    PageStore(tmp_path / "out", keep=False).save("mupdf-1", ONE, encode(INFO, [page(1)]))
    assert (tmp_path / "out/.staging").stat().st_mode & 0o777 == 0o700


def test_pages_of_superseded_documents_and_earlier_readers_go(store: PageStore) -> None:
    for reader in ("mupdf-1", "mupdf-2", "ocr-1"):
        for document in (ONE, OTHER):
            store.save(reader, document, encode(INFO, [page(1)]))
    store.save("mupdf-1", ONE, b"a part", 1)
    store.drop([])
    assert len(files(store)) == 7
    store.drop([ONE], but=["mupdf-2", "ocr-1"])
    assert files(store) == sorted(
        [f"mupdf-1/{OTHER}.parquet", *(f"{r}/{d}.parquet" for r in ("mupdf-2", "ocr-1") for d in (ONE, OTHER))]
    )
    store.drop([OTHER])
    assert files(store) == [f"mupdf-2/{ONE}.parquet", f"ocr-1/{ONE}.parquet"]


def test_pages_that_are_not_kept_last_until_the_run_lands(tmp_path: Path) -> None:
    store = PageStore(tmp_path, keep=False)
    store.save("mupdf-1", ONE, encode(INFO, [page(1)]))
    assert store.load("mupdf-1", ONE) is not None
    assert not (tmp_path / ".pages").exists()
    store.clear()
    assert not store.folder.exists()
    kept = PageStore(tmp_path)
    kept.save("mupdf-1", ONE, encode(INFO, [page(1)]))
    kept.clear()
    assert kept.has("mupdf-1", ONE)
