"""One worker process that reads one item at a time, so that whatever ends it is known to be that item's fault.

The process is tied to its owner by a pipe that nobody else shares. There is nothing to guess: an answer in the pipe
belongs to the item that was sent, and an end of the process without an answer was its doing.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from threading import Lock
from typing import Any, Generic, TypeVar

from pipeline.dataset.pandas_shim import without_pandas
from pipeline.errors import RunError
from pipeline.run.parent_death import die_with_parent

Item = TypeVar("Item")
Result = TypeVar("Result")

_ITEMS_A_PROCESS = 500  # then a fresh process (2 s) takes over, so that what libraries leak does not add up
_START_SECONDS = 600  # loading the libraries takes 2 s; a machine that needs this long will not get anywhere
_ATTEMPTS = 3  # to find a process that takes an item, should something outside kill idle ones
_TAKEN = ("taken",)  # said when a process is ready, and for each item before the work on it begins
_SPAWN = get_context("spawn")
_CHILDREN = Lock()  # starting a process looks at all others, and two threads must not collect the same dead one


@dataclass(frozen=True, slots=True)
class Fault:
    """What the worker process died of; `code` is stable: worker.timeout, worker.crashed or worker.memory."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What one item may take: `seconds`, and `memory` in bytes on top of the loaded libraries."""

    seconds: float
    memory: int


@dataclass(frozen=True, slots=True)
class _Raised:
    """What the process sends when `work` raises; a result comes as a tuple of one."""

    error: BaseException


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the process sends when `work` asks for help."""

    items: tuple[Any, ...]


_asked: ContextVar[Callable[[Sequence[Any]], None]] = ContextVar("asked")


def ask(items: Sequence[Any]) -> None:
    """Called by `work`: other processes are to do these items, before all that wait. If there are none, nobody does."""
    if tell := _asked.get(None):
        tell(items)


@contextmanager
def asking(tell: Callable[[Sequence[Any]], None]) -> Iterator[None]:
    """Has what is asked for within the block told to somebody."""
    token = _asked.set(tell)
    try:
        yield
    finally:
        _asked.reset(token)


class Worker(Generic[Item, Result]):
    """A process that runs `work` on one item at a time; it is started when it is needed, again if it has died.

    `warm_up` runs first in each process: it loads the libraries. One thread at a time may use a worker; it has to live
    as long as the worker, because the process ends with the thread that started it.
    """

    def __init__(self, work: Callable[[Item], Result], warm_up: Callable[[], object], limits: Limits) -> None:
        self._work, self._warm_up, self._limits = work, warm_up, limits
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None
        self._items, self._closed = 0, False

    def run(self, item: Item, asked: Callable[[Item], object]) -> Result | Fault:
        """The result of an item, or the fault that it died of; `asked` is told of items that it asks for meanwhile.

        Raises what `work` raises, `RunError` when no process can be started, and `CancelledError` once the worker has
        been closed.
        """
        self._send(item)
        until = time.monotonic() + self._limits.seconds
        while True:
            answered = self._answered(max(0, until - time.monotonic()))
            if answered is None:
                self._end()
                return Fault("worker.timeout", f"reading took longer than {self._limits.seconds:g} s and was stopped")
            answer = self._receive() if answered else None
            if not isinstance(answer, _Asked):
                break
            for another in answer.items:
                asked(another)
        if answer is None:
            status = self._give_up_if_closed(self._end())
            return Fault("worker.crashed", f"the reading process died ({_death(status)})")
        self._items += 1
        memory_short = isinstance(answer, _Raised) and isinstance(answer.error, MemoryError)
        if memory_short or self._items >= _ITEMS_A_PROCESS:
            self._end()
        if memory_short:
            return Fault("worker.memory", f"reading took more than {self._limits.memory / 2**30:g} GiB of memory")
        if isinstance(answer, _Raised):
            raise answer.error
        return answer[0]

    def get_ready(self) -> None:
        """Starts the process. Should it not start, that is told of the first item."""
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
        raise RunError("worker.broken", "worker processes end before they read anything; is memory short?")

    def _start(self) -> Connection:
        ours, theirs = _SPAWN.Pipe()
        task = (theirs, os.getpid(), self._limits.memory, self._warm_up, self._work)
        process = _SPAWN.Process(target=_serve, args=task, daemon=True, name="budget-forms worker")
        with _CHILDREN:
            self._give_up_if_closed(None)
            process.start()
            self._process, self._pipe, self._items = process, ours, 0
        theirs.close()
        if not self._answered(_START_SECONDS) or self._receive() is None:
            status = self._give_up_if_closed(self._end())
            message = f"a worker process ends before it reads anything ({_death(status)}); is memory short?"
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

    def _receive(self) -> tuple[Result] | _Raised | _Asked | None:
        """What the process says, or None when it has died over it."""
        assert self._pipe is not None
        try:
            answer: tuple[Result] | _Raised | _Asked = self._pipe.recv()
        except (EOFError, ConnectionResetError):
            return None
        return answer

    def _end(self) -> int | None:
        """Ends the process if it has not ended yet, and tells its exit status."""
        assert self._process is not None and self._pipe is not None
        with _CHILDREN:
            self._process.kill()
            self._process.join()
            status = self._process.exitcode
            self._process.close()
            self._pipe.close()
            self._process = self._pipe = None
        return status


def _death(status: int | None) -> str:
    return signal.Signals(-status).name if status is not None and status < 0 else f"exit status {status}"


def _serve(
    pipe: Connection, parent: int, memory: int, warm_up: Callable[[], object], work: Callable[[Item], object]
) -> None:
    """What the process does: gets ready, then answers each item until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    die_with_parent(parent)
    without_pandas()
    warm_up()
    _limit(memory)
    pipe.send(_TAKEN)
    while True:
        try:
            item = pipe.recv()
        except EOFError:  # the parent has gone
            return
        pipe.send(_TAKEN)
        with asking(lambda items: pipe.send(_Asked(tuple(items)))):
            answer = _answer(work, item)
        try:
            pipe.send(answer)
        except OSError:  # the parent has gone
            return
        except Exception as error:  # an answer that cannot be sent
            pipe.send(_Raised(RuntimeError(f"{type(error).__name__}: {error}")))


def _answer(work: Callable[[Item], Result], item: Item) -> tuple[Result] | _Raised:
    try:
        return (work(item),)
    except Exception as error:
        return _Raised(error)
    except BaseException as error:  # is not to end the parent
        return _Raised(RuntimeError(f"{type(error).__name__}: {error}"))


def _limit(memory: int) -> None:
    """Lets the process take so many bytes on top of what is loaded (on Linux), and leave no core behind."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        loaded = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (loaded + memory, resource.RLIM_INFINITY))
