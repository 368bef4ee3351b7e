"""One worker process that works on one item at a time, so that a crash, a hang or a lack of memory has a known item.

Each process has a separate pipe to its owner. An answer in the pipe belongs to the item that was sent; when the process
ends without an answer, this item ended it.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from threading import Lock
from typing import Any, Generic, Protocol, TypeVar

from pipeline.dataset.pandas_shim import without_pandas
from pipeline.errors import RunError
from pipeline.messages import Text, t
from pipeline.run.parent_death import die_with_parent

Item = TypeVar("Item")
Result = TypeVar("Result")

_MOST_KEPT = 512  # MiB that a process may keep between items; then a fresh one (2 s) takes over. PyMuPDF leaks 59 KiB
# a page with drawn shapes, so that is some 8,000 pages.
_START_SECONDS = 600  # loading the libraries takes 2 s; a machine that needs this long will not get anywhere
_ATTEMPTS = 3  # to find a process that takes an item, should something outside kill idle ones
_TAKEN = ("taken",)  # said when a process is ready, and for each item before the work on it begins
_SPAWN = get_context("spawn")
_CHILDREN = Lock()  # starting a process looks at all others, and two threads must not collect the same dead one


class Position(Protocol):
    """The step that `work` is at, readable by the owner even when the process dies."""

    def at(self, stage: int, number: int) -> None:
        """Sets stage and number of the step that begins now; `work` defines both. 0 and 0 at the start of an item."""


@dataclass(frozen=True, slots=True)
class Fault:
    """The reason for which the worker process ended; `code` is stable: worker.timeout, worker.crashed or worker.memory.

    `stage` and `number` are the position that `work` named last.
    """

    code: str
    message: Text
    stage: int = 0
    number: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits for one item: `seconds`, and `memory` in bytes on top of the loaded libraries."""

    seconds: float
    memory: int


@dataclass(frozen=True, slots=True)
class _Raised:
    """The message of the process when `work` raises; a result is sent as a tuple of one."""

    error: BaseException


class _SharedPosition:
    """A position in memory that both processes see: setting it costs no message."""

    def __init__(self, place: Any) -> None:
        self._place = place

    def at(self, stage: int, number: int) -> None:
        self._place[0], self._place[1] = stage, number


class Worker(Generic[Item, Result]):
    """A process that runs `work` on one item at a time; it is started when it is needed, again if it has died.

    `warm_up` runs first in each process: it loads the libraries. One thread at a time may use a worker; it has to live
    as long as the worker, because the process ends with the thread that started it.
    """

    def __init__(self, work: Callable[[Item, Position], Result], warm_up: Callable[[], object], limits: Limits) -> None:
        self._work, self._warm_up, self._limits = work, warm_up, limits
        self._place = _SPAWN.RawArray("i", 3)  # stage and number of `Position`, and MiB kept after the last item
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None
        self._closed = False

    def run(self, item: Item) -> Result | Fault:
        """The result of an item, or the fault that it died of.

        Raises what `work` raises, `RunError` when no process can be started, and `CancelledError` once the worker has
        been closed.
        """
        self._send(item)
        answered = self._answered(self._limits.seconds)
        if answered is None:
            self._end()
            return self._fault(
                "worker.timeout",
                t("reading took longer than {seconds:g} s and was stopped", seconds=self._limits.seconds),
            )
        answer = self._receive() if answered else None
        if answer is None:
            status = self._give_up_if_closed(self._end())
            return self._fault("worker.crashed", t("the reading process died ({death})", death=_death(status)))
        memory_short = isinstance(answer, _Raised) and isinstance(answer.error, MemoryError)
        if memory_short or self._place[2] > _MOST_KEPT:
            self._end()
        if memory_short:
            return self._fault(
                "worker.memory",
                t("reading took more than {memory:g} GiB of memory", memory=self._limits.memory / 2**30),
            )
        if isinstance(answer, _Raised):
            raise answer.error
        return answer[0]

    def _fault(self, code: str, message: Text) -> Fault:
        return Fault(code, message, *self._place[:2])

    def get_ready(self) -> None:
        """Starts the process. If it does not start, `run` raises the error."""
        with suppress(RunError, CancelledError, OSError):
            self._start()

    def close(self) -> None:
        """Ends the process, and for good; whoever waits for a result gets `CancelledError`. Any thread may call it."""
        with _CHILDREN:
            self._closed = True
            if self._process is not None:
                self._process.kill()

    def _send(self, item: Item) -> None:
        """Gives the item to a process that says that it has it: one that has died idle since is nobody's fault."""
        for _ in range(_ATTEMPTS):
            pipe = self._pipe or self._start()
            with suppress(OSError):
                pipe.send(item)
                if self._answered(_START_SECONDS) and self._receive() is not None:
                    return
            self._give_up_if_closed(self._end())
        raise RunError("worker.broken", t("worker processes end before they read anything; is memory short?"))

    def _start(self) -> Connection:
        ours, theirs = _SPAWN.Pipe()
        task = (theirs, os.getpid(), self._limits.memory, self._place, self._warm_up, self._work)
        process = _SPAWN.Process(target=_serve, args=task, daemon=True, name="budget-forms worker")
        with _CHILDREN:
            self._give_up_if_closed(None)
            with _without_ctrl_c():
                process.start()
            self._process, self._pipe = process, ours
        theirs.close()
        if not self._answered(_START_SECONDS) or self._receive() is None:
            status = self._give_up_if_closed(self._end())
            message = t(
                "a worker process ends before it reads anything ({death}); is memory short?", death=_death(status)
            )
            raise RunError("worker.broken", message)
        return ours

    def _give_up_if_closed(self, status: int | None) -> int | None:
        if self._closed:
            raise CancelledError
        return status

    def _answered(self, seconds: float) -> bool | None:
        """Whether there is something to receive (True) or the process has ended (False); None when time is up."""
        assert self._process is not None and self._pipe is not None
        if not wait([self._pipe, self._process.sentinel], seconds):
            return None
        return self._pipe.poll()

    def _receive(self) -> tuple[Result] | _Raised | None:
        """The message of the process, or None when it has died."""
        assert self._pipe is not None
        try:
            answer: tuple[Result] | _Raised = self._pipe.recv()
        except (EOFError, ConnectionResetError):
            return None
        return answer

    def _end(self) -> int | None:
        """Ends the process if it has not ended yet; returns its exit status."""
        assert self._process is not None and self._pipe is not None
        with _CHILDREN:
            self._process.kill()
            self._process.join()
            status = self._process.exitcode
            self._process.close()
            self._pipe.close()
            self._process = self._pipe = None
        return status


@contextmanager
def _without_ctrl_c() -> Iterator[None]:
    """Processes that are started in the block never see Ctrl-C, which reaches the whole group: they would be loading
    modules, and print a traceback. This process sees it after the block."""
    resource_tracker.ensure_running()  # starting it unblocks the signal
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _death(status: int | None) -> str:
    return (
        signal.Signals(-status).name if status is not None and status < 0 else t("exit status {status}", status=status)
    )


def _serve(
    pipe: Connection,
    parent: int,
    memory: int,
    place: Any,
    warm_up: Callable[[], object],
    work: Callable[[Item, Position], object],
) -> None:
    """The main function of the process: gets ready, then answers each item until the pipe is closed."""
    die_with_parent(parent)
    without_pandas()
    warm_up()
    _limit(memory)
    loaded = _resident()
    position = _SharedPosition(place)
    pipe.send(_TAKEN)
    while True:
        try:
            item = pipe.recv()
        except EOFError:  # the parent has gone
            return
        position.at(0, 0)
        pipe.send(_TAKEN)
        answer = _answer(work, item, position)
        place[2] = (_resident() - loaded) >> 20
        try:
            pipe.send(answer)
        except OSError:  # the parent has gone
            return
        except Exception as error:  # an answer that cannot be sent
            pipe.send(_Raised(RuntimeError(f"{type(error).__name__}: {error}")))


def _answer(work: Callable[[Item, Position], Result], item: Item, position: Position) -> tuple[Result] | _Raised:
    try:
        return (work(item, position),)
    except Exception as error:
        return _Raised(error)
    except BaseException as error:  # is not to end the parent
        return _Raised(RuntimeError(f"{type(error).__name__}: {error}"))


def _limit(memory: int) -> None:
    """Lets the process take so many bytes on top of what is loaded (on Linux), and leave no core behind."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        loaded = _statm()[0]
        resource.setrlimit(resource.RLIMIT_AS, (loaded + memory, resource.RLIM_INFINITY))


def _resident() -> int:
    """Bytes of this process that are in memory; 0 where the system does not say."""
    return _statm()[1] if sys.platform == "linux" else 0


def _statm() -> list[int]:
    """Address space and resident memory of this process in bytes."""
    return [int(pages) * resource.getpagesize() for pages in Path("/proc/self/statm").read_text().split()[:2]]
