"""A Prefect server for one run, without anything to install, that ends with the run whatever happens to it.

The server that Prefect starts by itself outlives a killed run for minutes, holds its pipes open and its database busy.
This one is ended by the kernel together with its parent, and writes to a file only.
"""

from __future__ import annotations

import importlib
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import RunError
from pipeline.ingest.leash import die_with_parent

_START_SECONDS = 120  # a slow machine needs a good part of it for a new database
_QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",  # an error ends the command, which tells it in one line
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": str(_START_SECONDS),
}
_SERVER = {"PREFECT_UI_ENABLED": "0", "PREFECT__SERVER_EPHEMERAL": "1", "PREFECT__SERVER_FINAL": "1"}


@contextmanager
def prefect_api(flow: str) -> Iterator[None]:
    """Prefect's API for the block: the server that PREFECT_API_URL names, else one of our own.

    `flow` is the module of the flow that will run, which is imported while the server starts.

    To be entered before the flow is imported, because Prefect reads its settings then. Telemetry stays off unless the
    environment says otherwise. Raises `RunError` when our server does not start.
    """
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    if os.environ.get("PREFECT_API_URL"):
        yield
        return
    os.environ.setdefault("PREFECT_LOGGING_TO_API_ENABLED", "false")  # the server is gone when the last logs are sent
    home = Path(os.environ.setdefault("PREFECT_HOME", str(_cache() / "prefect")))
    _bypass_proxy()
    try:
        home.mkdir(parents=True, exist_ok=True)
        server, url = _start(home / "server.log")
    except OSError as error:
        raise _failed(f"{error}; set PREFECT_HOME to a folder that can be written") from error
    os.environ["PREFECT_API_URL"] = url
    try:
        importlib.import_module(flow)  # takes seconds, as does the server, so both at once
        _wait(server, url, home)
        yield
    finally:
        os.environ.pop("PREFECT_API_URL", None)
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "budget-forms"


def _bypass_proxy() -> None:
    """Requests to this machine must not go through the proxy that the environment may name."""
    for name in ("NO_PROXY", "no_proxy"):
        os.environ[name] = ",".join(filter(None, ["127.0.0.1", os.environ.get(name)]))


def _start(log: Path) -> tuple[subprocess.Popen[bytes], str]:
    """The server on a socket that is open already, so no port can be lost to another program in between."""
    with socket.create_server(("127.0.0.1", 0)) as listener, log.open("wb") as sink:
        server = subprocess.Popen(
            [sys.executable, "-P", "-m", "flows.local_server", str(listener.fileno()), str(os.getpid())],
            env=os.environ | _SERVER, pass_fds=[listener.fileno()], start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=sink, stderr=sink)
        return server, f"http://127.0.0.1:{listener.getsockname()[1]}/api"


def _wait(server: subprocess.Popen[bytes], url: str, home: Path) -> None:
    """Returns when the server answers, which the first request to it waits for."""
    try:
        urllib.request.urlopen(f"{url}/health", timeout=_START_SECONDS).close()
    except OSError as error:
        server.kill()
        raise _failed(f"see {home / 'server.log'}, or remove the folder {home} and run again") from error


def _failed(why: str) -> RunError:
    return RunError("prefect.server", f"the Prefect server does not start: {why}")


def _serve(listener: int, parent: int) -> None:
    die_with_parent(parent)
    import uvicorn

    config = uvicorn.Config("prefect.server.api.server:create_app", factory=True, log_level="error", lifespan="on")
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=listener)])


if __name__ == "__main__":
    _serve(int(sys.argv[1]), int(sys.argv[2]))
