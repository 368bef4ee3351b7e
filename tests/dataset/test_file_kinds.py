"""Only regular files are read, each within a time limit: all else costs one line."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path
from threading import Thread

import pytest

from pipeline.dataset.landing.plan import plan_ingest
from pipeline.dataset.landing.sources import CHANGED, Found, find_pdfs
from pipeline.dataset.store.corrections import read_corrections
from pipeline.document.corrections.model import CorrectionError
from pipeline.errors import DocumentError
from pipeline.pages.read import identify, open_document
from pipeline.pages.readers import load_reader
from tests.dataset.test_rows import FINGERPRINT, put

KINDS = {
    "device.pdf": "it is a device, not a file",
    "folder.pdf": "it is a folder, not a file",
    "pipe.pdf": "it is a named pipe, not a file",
    "socket.pdf": "it is a socket, not a file",
}


@pytest.fixture
def odd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a file of each kind, and one PDF."""
    raw = tmp_path / "raw"
    put(raw, "good.pdf")
    put(raw, "folder.pdf/inside.pdf", name="inside")
    os.mkfifo(raw / "pipe.pdf")
    (raw / "device.pdf").symlink_to("/dev/zero")
    monkeypatch.chdir(raw)  # the path of a socket is short
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("socket.pdf")
    return raw


def test_a_file_of_another_kind_costs_one_line(odd: Path) -> None:
    assert [found.source_path for found in find_pdfs(odd)[0]] == ["folder.pdf/inside.pdf", "good.pdf"]
    plan = plan_ingest(odd, odd / "out", FINGERPRINT)
    assert [source.source_path for source in plan.to_read] == ["folder.pdf/inside.pdf", "good.pdf"]
    assert {unreadable.source_path: unreadable.reason for unreadable in plan.unreadable} == KINDS


@pytest.mark.parametrize("name", KINDS)
def test_a_file_of_another_kind_is_not_opened(odd: Path, name: str) -> None:
    with pytest.raises(DocumentError, match=KINDS[name]):
        identify(odd / name)
    with pytest.raises(DocumentError, match=KINDS[name]), open_document(load_reader("mupdf"), odd / name):
        pass


def test_a_file_that_claims_to_be_empty_is_empty(tmp_path: Path) -> None:
    """Files of `/proc` have no size; reading some of them waits, reading others never ends."""
    (tmp_path / "messages.pdf").symlink_to("/proc/kmsg")
    (source,) = plan_ingest(tmp_path, tmp_path / "out", FINGERPRINT).to_read
    assert source.size == 0
    with pytest.raises(DocumentError, match="empty"), open_document(load_reader("mupdf"), source.path):
        pass


def test_a_file_that_cannot_be_read_in_time_does_not_hold_up_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = Found.digest
    for number in range(12):
        put(tmp_path, f"{number:02}.pdf", name=number)

    def slow(file: Found) -> str:
        if int(file.path.stem) % 2:
            time.sleep(3600)
        return digest(file)

    monkeypatch.setattr(Found, "digest", slow)
    plan = plan_ingest(tmp_path, tmp_path / "out", FINGERPRINT, seconds=0.2)
    assert [source.source_path for source in plan.to_read] == [f"{number:02}.pdf" for number in range(0, 12, 2)]
    assert {u.reason for u in plan.unreadable} == {"reading took longer than 0.2 s and was given up"}
    assert len(plan.unreadable) == 6


def test_a_file_that_grows_while_it_is_read_is_told(tmp_path: Path) -> None:
    path = put(tmp_path, "growing.pdf")
    (found,), _ = find_pdfs(tmp_path)
    ended = False

    def grow() -> None:
        with path.open("ab") as sink:
            while not ended:
                sink.write(b"x" * 1024)
                sink.flush()

    writer = Thread(target=grow)
    writer.start()
    try:
        while path.stat().st_size == found.size:
            time.sleep(0.001)
        with pytest.raises(OSError, match=CHANGED):
            found.digest()
    finally:
        ended = True
        writer.join()


def test_corrections_are_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / f"{'0' * 64}.json")
    with pytest.raises(CorrectionError, match="it is a named pipe"):
        read_corrections(tmp_path, "0" * 64)
