"""Serves the review page on this machine until Ctrl-C."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable

import uvicorn

from pipeline.dataset.errors import DatasetError
from pipeline.language import Language
from pipeline.messages import system_reason, t
from pipeline.review.app import make_app
from pipeline.review.desk import Desk, start_workers
from pipeline.settings import Settings

HOST = "127.0.0.1"


def serve_review(
    settings: Settings, port: int, who: str, language: Language | None, show: Callable[[str], None]
) -> None:
    """Serves until Ctrl-C. `show` gets the address, which holds a token that is new each time.

    Without a `language` the setting, else the browser decides.

    Raises `DatasetError` when there is no dataset, or when the port is taken.
    """
    token = secrets.token_urlsafe(24)
    with start_workers(settings) as workers, _listening(port) as listener:
        desk = Desk(settings, workers)
        desk.wake()
        app = make_app(desk, token, who, language)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, server_header=False))
        show(f"http://{HOST}:{listener.getsockname()[1]}/{token}/")
        server.run(sockets=[listener])


def _listening(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
    except OSError as error:
        listener.close()
        raise DatasetError(
            "review.port",
            t("port {port} cannot be used ({strerror}): --port 0 for any", port=port, strerror=system_reason(error)),
        ) from error
    return listener
