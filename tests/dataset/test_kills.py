"""Kills, full disks and second writers: what landed stays whole, and the next run goes on."""

from __future__ import annotations

import errno
import os
import shutil
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from pipeline.dataset.errors import DatasetBusyError, DatasetError
from pipeline.dataset.landing.plan import plan_ingest
from pipeline.dataset.landing.staging import stage
from pipeline.dataset.store.versions import locked
from tests.dataset.test_rows import FINGERPRINT, corpus, extraction_of, ingest, put, read, snapshot
from tests.shared import command

pytestmark = pytest.mark.service

STEPS = ("replace", "rename", "link", "symlink", "fsync", "unlink")


def _killed_at(step: int, work: Callable[[], object]) -> bool:
    """Runs `work` in a process that is killed at its n-th step on the file system; False when it ended before."""
    child = os.fork()
    if child:
        return os.WIFSIGNALED(os.waitpid(child, 0)[1])
    left = step

    def counted(act: Callable[..., object]) -> Callable[..., object]:
        def wrapped(*args: object, **options: object) -> object:
            nonlocal left
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return act(*args, **options)

        return wrapped

    for name in STEPS:
        setattr(os, name, counted(getattr(os, name)))
    try:
        work()
    finally:
        os._exit(0)


def test_killed_at_any_step_and_run_again_gives_the_same_bytes(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    put(raw, "a.pdf", name="first")
    put(raw, "b.pdf", name="b", forms=1, year=2022)
    reference, first = tmp_path / "reference", tmp_path / "first"
    for out in (reference, first):
        ingest(raw, out)
    before = snapshot(first)
    put(raw, "a.pdf", name="second", forms=1)
    ingest(raw, reference)
    after = snapshot(reference)
    step, stale = 0, 0
    while True:
        out = tmp_path / f"killed{step}"
        shutil.copytree(first, out, symlinks=True)
        if not _killed_at(step, partial(ingest, raw, out)):
            break
        found = snapshot(out)
        assert found in (before, after)
        stale += found == before
        ingest(raw, out)
        assert snapshot(out) == after
        assert not [path for path in out.rglob("*") if ".tmp" in path.name or path.suffix == ".parts"]
        assert len(list((out / ".versions").iterdir())) <= 2
        step += 1
    assert stale > 10
    assert step > stale
    assert snapshot(out) == after


def test_killed_while_the_first_version_lands(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    put(raw, "a.pdf", forms=1)
    ingest(raw, tmp_path / "reference")
    for step in range(0, 40, 5):
        out = tmp_path / f"killed{step}"
        _killed_at(step, partial(ingest, raw, out))
        ingest(raw, out)
        assert snapshot(out) == snapshot(tmp_path / "reference")
        assert len(read(out, "forms")) == 1


def test_what_was_staged_before_a_kill_is_not_read_again(tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    corpus(raw)
    with locked(out):
        plan = plan_ingest(raw, out, FINGERPRINT)
        for source in plan.to_read[:2]:
            stage(out, FINGERPRINT, extraction_of(source.path))
    plan, _ = ingest(raw, out)
    assert (len(plan.staged), len(plan.to_read)) == (2, 2)
    assert len(read(out, "documents")) == 4


def test_a_full_disk_is_told_in_one_line_and_harms_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    put(raw, "a.pdf")
    ingest(raw, out)
    before = snapshot(out)
    put(raw, "b.pdf", name="b")

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("pyarrow.parquet.ParquetWriter.write_table", full)
        with pytest.raises(DatasetError, match=r"^cannot write the dataset at .*: the disk is full"):
            ingest(raw, out)
    assert snapshot(out) == before
    ingest(raw, out)
    assert len(read(out, "documents")) == 2


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatasetError, match="choose a folder that can be written"), locked(tmp_path / "file/out"):
        pass
    put(tmp_path / "raw", "a.pdf")
    (tmp_path / "out/forms").mkdir(parents=True)
    with pytest.raises(DatasetError, match="forms is in the way"):
        ingest(tmp_path / "raw", tmp_path / "out")


def test_a_dataset_is_written_by_one_process_at_a_time(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(DatasetBusyError, match=f"process {os.getpid()} is writing"), locked(tmp_path):
        pass
    with locked(tmp_path):
        pass


def test_the_lock_of_a_killed_process_does_not_block(tmp_path: Path) -> None:
    ready, tell = os.pipe()
    child = os.fork()
    if not child:
        with locked(tmp_path):
            os.write(tell, b"!")
            signal.pause()
    os.read(ready, 1)
    with pytest.raises(DatasetBusyError, match=f"process {child} "), locked(tmp_path):
        pass
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with locked(tmp_path):
        pass


def test_a_second_run_says_which_process_is_at_it(tmp_path: Path) -> None:
    put(tmp_path / "raw", "a.pdf")
    ingest(tmp_path / "raw", tmp_path / "out")
    before = snapshot(tmp_path / "out")
    put(tmp_path / "raw", "b.pdf", name="b")
    with locked(tmp_path / "out"):
        told = command("ingest", "--raw", tmp_path / "raw", "--out", tmp_path / "out")
    assert told.returncode == 2
    assert f"process {os.getpid()} is writing the dataset" in told.stderr
    assert told.stderr.count("\n") == 1
    assert snapshot(tmp_path / "out") == before


def test_what_is_staged_is_nobody_elses_business(tmp_path: Path) -> None:
    source = put(tmp_path / "raw", "a.pdf")
    stage(tmp_path / "out", FINGERPRINT, extraction_of(source))
    assert (tmp_path / "out/.staging").stat().st_mode & 0o077 == 0
