"""A private Prefect server, which ends with the command even when that is killed.

The server that Prefect starts by itself outlives a killed run for minutes, holds its pipes open and its database busy.
One run gets a bare server in a thread, because server and flow load the same modules of Prefect, which take most of the
time. `serve` gets a process with schedules and the user interface, which the kernel ends together with its
parent, and which writes to a file only.
"""

from __future__ import annotations

import errno
import gc
import importlib
import logging
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from pipeline.errors import RunError, UsageError
from pipeline.messages import t
from pipeline.run.parent_death import die_with_parent

if TYPE_CHECKING:
    import uvicorn

LOG = "server.log"
_START_SECONDS = 120  # a slow machine needs a good part of it for a new database
_END_SECONDS = 10
_UNTRACKED = {"DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
_QUIET = {
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",  # an error ends the command, which prints it in one line
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": str(_START_SECONDS),
}


@contextmanager
def prefect_api(flow: str) -> Iterator[None]:
    """Prefect's API for one run: the server that PREFECT_API_URL names, else one of our own.

    `flow` is the module of the flow that will run, which is imported meanwhile.

    To be entered before the flow is imported, because Prefect reads its settings then. Telemetry stays off unless the
    environment says otherwise. Raises `RunError` when our server does not start.
    """
    _set_defaults(_UNTRACKED | _QUIET)
    if os.environ.get("PREFECT_API_URL"):
        yield
        return
    os.environ.setdefault("PREFECT_LOGGING_TO_API_ENABLED", "false")  # the server is gone when the last logs are sent
    home = Path(os.environ.setdefault("PREFECT_HOME", str(_folder("XDG_CACHE_HOME", ".cache") / "prefect")))
    with _bare_server(home, flow):
        yield


@contextmanager
def lasting_server(port: int, prepare: Callable[[], object]) -> Iterator[str]:
    """The address of a server with schedules, history and user interface: that of PREFECT_API_URL, else a private one.

    Its database lies in PREFECT_HOME, by default ~/.local/state/budget-forms/prefect, and is there again next time.
    `prepare` is called while it starts, with PREFECT_API_URL set, so it may load Prefect.
    Raises `UsageError` when another program has the port (0: any free one), `RunError` when ours does not start.
    """
    _set_defaults(_UNTRACKED)
    if url := os.environ.get("PREFECT_API_URL"):
        prepare()
        yield url.removesuffix("/api")
        return
    with _running(serve_home(), port, {"PREFECT_UI_ENABLED": "1"}, prepare) as url:
        yield url.removesuffix("/api")


def serve_home() -> Path:
    """The folder for the data of a server of `serve`."""
    default = _folder("XDG_STATE_HOME", ".local/state") / "prefect"
    return Path(os.environ.setdefault("PREFECT_HOME", str(default)))


@contextmanager
def _bare_server(home: Path, flow: str) -> Iterator[None]:
    """A server in a thread, without schedules and user interface, which PREFECT_API_URL names meanwhile."""
    _bypass_proxy()
    try:
        home.mkdir(parents=True, exist_ok=True)
        (home / LOG).write_bytes(b"")
    except OSError as error:
        raise _not_writable(error) from error
    with socket.create_server(("127.0.0.1", 0)) as listener:
        os.environ["PREFECT_API_URL"] = f"http://127.0.0.1:{listener.getsockname()[1]}/api"
        try:
            with _loading():
                server = _load_server()
            importlib.import_module(flow)  # before the thread starts: two that import may find modules half made
            log = ServerLog(home / LOG, encoding="utf-8")  # now: Prefect closes those that it finds when it is loaded
            logger = logging.getLogger("uvicorn.error")
            logger.addHandler(log)
            thread = Thread(target=server.run, args=([listener],), name="Prefect server", daemon=True)
            thread.start()
            try:
                _await_start(server, thread, home)
                yield
            finally:
                server.should_exit = True
                thread.join(_END_SECONDS)
                logger.removeHandler(log)
                log.close()
        finally:
            os.environ.pop("PREFECT_API_URL", None)


class ServerLog(logging.FileHandler):
    """The log of the server."""

    def handleError(self, record: logging.LogRecord) -> None:  # logging's name
        """Nothing: a full disk is told once, by the command, and not by a traceback for each line."""


@contextmanager
def _loading() -> Iterator[None]:
    """Keeps the garbage collector from modules that are loaded in the block: searching them for cycles, again when the
    process ends, takes more than a second."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _load_server() -> uvicorn.Server:
    import uvicorn
    from prefect.server.api.server import create_app

    app = create_app(ephemeral=True, final=True)
    return uvicorn.Server(
        uvicorn.Config(app, log_config=None, log_level="error", lifespan="on", timeout_graceful_shutdown=1)
    )


def _await_start(server: uvicorn.Server, thread: Thread, home: Path) -> None:
    """Returns when the server answers. Raises `RunError` when it never will."""
    deadline = time.monotonic() + _START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise _broken(home)
        time.sleep(0.01)


@contextmanager
def _running(home: Path, port: int, settings: Mapping[str, str], prepare: Callable[[], object]) -> Iterator[str]:
    """The address of the API of a new server, which PREFECT_API_URL names meanwhile."""
    _bypass_proxy()
    try:
        home.mkdir(parents=True, exist_ok=True)
        server, url = _start(home / LOG, port, settings)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise UsageError(
                "usage.port",
                t(
                    "another program listens on port {port}: choose another one with --port, or set "
                    "PREFECT_API_URL if it is a Prefect server",
                    port=port,
                ),
            ) from error
        raise _not_writable(error) from error
    os.environ["PREFECT_API_URL"] = url
    try:
        with _killed_on_error(server):
            prepare()  # loading Prefect takes seconds, as does the server, so both at once
            _wait(url, home)
        yield url
    finally:
        os.environ.pop("PREFECT_API_URL", None)
        server.terminate()
        try:
            server.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@contextmanager
def _killed_on_error(server: subprocess.Popen[bytes]) -> Iterator[None]:
    """A server that has not started yet does not listen to anything milder."""
    try:
        yield
    except BaseException:
        server.kill()
        raise


def _set_defaults(settings: Mapping[str, str]) -> None:
    for name, value in settings.items():
        os.environ.setdefault(name, value)


def _folder(variable: str, default: str) -> Path:
    """Our folder below one of the user's, which an XDG variable may name."""
    return Path(os.environ.get(variable) or Path.home() / default) / "budget-forms"


def _bypass_proxy() -> None:
    """Requests to this machine must not go through the proxy that the environment may name."""
    for name in ("NO_PROXY", "no_proxy"):
        os.environ[name] = ",".join(filter(None, ["127.0.0.1", os.environ.get(name)]))


def _start(log: Path, port: int, settings: Mapping[str, str]) -> tuple[subprocess.Popen[bytes], str]:
    """The server on a socket that is open already, so no port can be lost to another program in between."""
    with socket.create_server(("127.0.0.1", port)) as listener, log.open("wb") as sink:
        site = f"http://127.0.0.1:{listener.getsockname()[1]}"
        server = subprocess.Popen(
            [sys.executable, "-P", "-m", "flows.local_server", str(listener.fileno()), str(os.getpid())],
            env={**os.environ, "PREFECT_UI_URL": site, "PREFECT_UI_API_URL": f"{site}/api", **settings},
            pass_fds=[listener.fileno()],
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
        )
        return server, f"{site}/api"


def _wait(url: str, home: Path) -> None:
    """Returns when the server answers, which the first request to it waits for."""
    try:
        urllib.request.urlopen(f"{url}/health", timeout=_START_SECONDS).close()
    except OSError as error:
        raise _broken(home) from error


def _broken(home: Path) -> RunError:
    return _failed(t("see {home}, or remove the folder {home2} and run again", home=home / LOG, home2=home))


def _not_writable(error: OSError) -> RunError:
    return _failed(t("{error}; set PREFECT_HOME to a folder that can be written", error=error))


def _failed(why: str) -> RunError:
    return RunError("prefect.server", t("the Prefect server does not start: {why}", why=why))


def _serve(listener: int, parent: int) -> None:
    die_with_parent(parent)
    import uvicorn

    config = uvicorn.Config("prefect.server.api.server:create_app", factory=True, log_level="error", lifespan="on")
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=listener)])


if __name__ == "__main__":
    _serve(int(sys.argv[1]), int(sys.argv[2]))
