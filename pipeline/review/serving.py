"""Serves the review page on this machine until it is told to end."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable

import uvicorn

from pipeline.dataset.errors import DatasetError
from pipeline.review.app import make_app
from pipeline.review.desk import Desk, start_workers
from pipeline.settings import Settings

HOST = "127.0.0.1"


def serve_review(settings: Settings, port: int, who: str, tell: Callable[[str], None]) -> None:
    """Serves until Ctrl-C. `tell` gets the address, which holds a token that is new each time.

    Raises `DatasetError` when there is no dataset, or when the port is taken.
    """
    token = secrets.token_urlsafe(24)
    with start_workers(settings) as workers, _listening(port) as listener:
        desk = Desk(settings, workers)
        desk.wake()
        app = make_app(desk, token, who)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, server_header=False))
        tell(f"http://{HOST}:{listener.getsockname()[1]}/{token}/")
        server.run(sockets=[listener])


def _listening(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
    except OSError as error:
        listener.close()
        raise DatasetError("review.port", f"port {port} cannot be used ({error.strerror}): --port 0 for any") from error
    return listener
