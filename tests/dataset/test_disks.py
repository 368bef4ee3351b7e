"""Real disks: full, read-only, and files that may not grow. What landed stays whole, and the next run goes on."""

from __future__ import annotations

import logging
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from flows.local_server import ServerLog
from pipeline.dataset.errors import DatasetError
from pipeline.settings import Settings
from tests.shared import command, command_here, ingest_here, snapshot, write_pdf

pytestmark = pytest.mark.service

SMALL = 256 << 10  # bytes; one document fits, many do not


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own for the dataset, small."""
    place = tmp_path / "disk"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={2 * SMALL}", "tmpfs", place], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("only an administrator may mount a disk")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def documents(raw: Path, number: int) -> Path:
    """A folder with so many documents."""
    for n in range(number):
        if not (raw / f"{n}.pdf").exists():
            write_pdf(raw / f"{n}.pdf", f"document {n}", pages=3)
    return raw


def in_a_process(work: Callable[[], object]) -> tuple[int, str]:
    """The exit status of `work` and what it raised as a `DatasetError`, in a process whose limits may be changed."""
    told, tell = os.pipe()
    child = os.fork()
    if not child:
        try:
            work()
        except DatasetError as error:
            os.write(tell, str(error).encode())
            os._exit(2)
        except BaseException as error:
            os.write(tell, repr(error).encode())
            os._exit(3)
        os._exit(0)
    os.close(tell)
    with os.fdopen(told, "rb") as pipe:
        message = pipe.read().decode()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), message


def run(raw: Path, out: Path, largest: int | None = None) -> None:
    if largest is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    ingest_here(Settings(raw=raw, out=out))


@pytest.mark.parametrize("largest", [0, 100, 3_000, 8_000])
def test_files_that_may_not_grow(tmp_path: Path, largest: int) -> None:
    out = tmp_path / "out"
    run(documents(tmp_path / "raw", 1), out)
    before = snapshot(out)
    status, message = in_a_process(lambda: run(documents(tmp_path / "raw", 3), out, largest))
    assert (status, message.split(":")[0]) == (2, f"cannot write the dataset at {out}")
    assert snapshot(out) == before
    run(tmp_path / "raw", out)
    run(tmp_path / "raw", tmp_path / "undisturbed")
    assert snapshot(out) == snapshot(tmp_path / "undisturbed")


def test_a_log_that_does_not_fit_prints_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    log = ServerLog("/dev/full", encoding="utf-8")
    log.handle(logging.makeLogRecord({"msg": "started"}))
    with suppress(OSError):
        log.close()
    assert capsys.readouterr().err == ""


def test_a_full_disk(tmp_path: Path, disk: Path) -> None:
    out = disk / "out"
    run(documents(tmp_path / "raw", 1), out)
    before = snapshot(out)
    filler = disk / "filler"
    for left in (0, 4_096, 24_576, 49_152):
        with filler.open("wb") as sink:
            free = os.statvfs(disk)
            sink.write(bytes(max(free.f_bavail * free.f_frsize - left, 0)))
        status, message = in_a_process(lambda: run(documents(tmp_path / "raw", 40), out))
        assert (status, message) == (
            2,
            f"cannot write the dataset at {out}: the disk is full: free some space and run again",
        ), left
        assert snapshot(out) == before
        filler.unlink()


def test_a_full_disk_as_the_command_tells_it(tmp_path: Path, disk: Path, prefect_home: str) -> None:
    out = disk / "out"
    run(documents(tmp_path / "raw", 1), out)
    before = snapshot(out)
    free = os.statvfs(disk)
    (disk / "filler").write_bytes(bytes(free.f_bavail * free.f_frsize))
    documents(tmp_path / "raw", 5)
    told = command("ingest", "--raw", tmp_path / "raw", "--out", out, PREFECT_HOME=prefect_home)
    assert told.returncode == 2
    assert "the disk is full: free some space and run again" in told.stderr
    assert "Traceback" not in told.stderr
    assert snapshot(out) == before


@pytest.mark.skipif(sys.platform != "linux", reason="mounts as Linux does")
def test_a_disk_that_is_read_only(tmp_path: Path, disk: Path) -> None:
    out = disk / "out"
    run(documents(tmp_path / "raw", 1), out)
    before = snapshot(out)
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    documents(tmp_path / "raw", 2)
    told = command("ingest", "--raw", tmp_path / "raw", "--out", out)
    assert told.returncode == 2
    assert told.stderr.count("\n") == 1
    assert f"cannot write the dataset at {out}: Read-only file system: choose a folder that can be" in told.stderr
    assert snapshot(out) == before
    assert command_here("query", "SELECT count(*) FROM documents", "--out", out).returncode == 0
    assert command_here("check", "--out", out).returncode == 0
