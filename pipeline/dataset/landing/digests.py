"""The digests of many files, each within a time limit.

A file of a network disk or of `/proc` may never answer. So daemon threads read: the run goes on without one that hangs,
and the command can end while it does.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Thread

from pipeline.dataset.landing.sources import Found
from pipeline.messages import t

_WAIT_SECONDS = 1.0  # until a file is begun; threads that hang have been replaced by then


@dataclass(slots=True)
class _Reading:
    file: Found
    begun: float | None = None
    digest: Future[str] = field(default_factory=Future)


def file_digests(files: Sequence[Found], seconds: float) -> Iterator[str | OSError]:
    """The digest of each file in order, or why there is none; `seconds` are for one file."""
    readings = [_Reading(file) for file in files]
    waiting: SimpleQueue[_Reading] = SimpleQueue()
    for reading in readings:
        waiting.put(reading)
    for _ in range(min(len(readings), os.cpu_count() or 1)):
        _start_thread(waiting)
    for reading in readings:
        try:
            yield _result(reading, seconds)
        except TimeoutError:
            _start_thread(waiting)  # in place of the one that hangs
            yield OSError(0, t("reading took longer than {seconds:g} s and was given up", seconds=seconds))
        except OSError as error:
            yield error


def _start_thread(waiting: SimpleQueue[_Reading]) -> None:
    Thread(target=_read_all, args=(waiting,), daemon=True, name="digests").start()


def _read_all(waiting: SimpleQueue[_Reading]) -> None:
    while True:
        try:
            reading = waiting.get_nowait()
        except Empty:
            return
        reading.begun = time.monotonic()
        try:
            reading.digest.set_result(reading.file.digest())
        except BaseException as error:  # is raised where the digest is waited for
            reading.digest.set_exception(error)


def _result(reading: _Reading, seconds: float) -> str:
    """Raises `TimeoutError` when the file has been read for so long, else what reading it has raised."""
    while not reading.digest.done():
        left = _WAIT_SECONDS if reading.begun is None else reading.begun + seconds - time.monotonic()
        if left <= 0:
            raise TimeoutError
        try:
            return reading.digest.result(left)
        except TimeoutError:
            continue
    return reading.digest.result()
