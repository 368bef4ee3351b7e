"""A headless Chromium, driven by its own protocol: pages are opened, keys pressed, and what is shown is asked for."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import connect
from websockets.sync.connection import Connection

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
_PATIENCE = 90  # seconds, on a machine that is busy
_CODES = {"Enter": 13, "Escape": 27, "ArrowDown": 40, "ArrowUp": 38, "Tab": 9}
_CTRL = 2


class Browser:
    """One page. What goes wrong in it, and what its policy forbids, is kept in `complaints`."""

    def __init__(self, socket: Connection) -> None:
        self._socket, self._number = socket, 0
        self.complaints: list[str] = []
        for domain in ("Page", "Runtime", "Log"):
            self._ask(f"{domain}.enable")

    def open(self, address: str, width: int = 1280, height: int = 800) -> None:
        """Goes to an address in a window of this size."""
        self._ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self._ask("Page.navigate", url=address)
        self.wait("true")

    def value(self, script: str) -> Any:
        """What an expression of JavaScript comes to."""
        told = self._ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def wait(self, script: str) -> None:
        """Waits until the page has loaded and an expression is true; while pages change, it may have no value."""
        end, script = time.monotonic() + _PATIENCE, f"document.readyState === 'complete' && ({script})"
        while time.monotonic() < end:
            told = self._ask("Runtime.evaluate", expression=script, returnByValue=True)
            if told.get("result", {}).get("value"):
                return
            time.sleep(0.05)
        raise AssertionError(
            f"never came true: {script}; the page shows: {self.value('document.body.innerText')[:2000]}"
        )

    def press(self, *keys: str, ctrl: bool = False) -> None:
        """Presses keys one after the other; letters and signs as they are typed, others by name."""
        for key in keys:
            code = _CODES.get(key, 0)
            text = {"Enter": "\r"}.get(key, "" if code or ctrl else key)
            told = {"key": key, "windowsVirtualKeyCode": code, "modifiers": _CTRL if ctrl else 0}
            self._ask("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", text=text, **told)
            self._ask("Input.dispatchKeyEvent", type="keyUp", **told)

    def write(self, text: str) -> None:
        """Types a text into what has the focus, in place of what is selected there."""
        self._ask("Input.insertText", text=text)

    def point(self, selector: str) -> None:
        """Moves the mouse to the middle of an element."""
        x, y = self.value(
            f"(() => {{ const box = document.querySelector({json.dumps(selector)}).getBoundingClientRect();"
            "return [box.x + box.width / 2, box.y + box.height / 2]; })()"
        )
        self._ask("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def picture(self) -> bytes:
        """What the window shows, as PNG."""
        return base64.b64decode(self._ask("Page.captureScreenshot", format="png")["data"])

    def _ask(self, method: str, **params: object) -> Any:
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while True:
            told = json.loads(self._socket.recv(timeout=_PATIENCE))
            self._listen(told)
            if told.get("id") == self._number:
                assert "error" not in told, (method, told["error"])
                return told["result"]

    def _listen(self, told: Any) -> None:
        if told.get("method") == "Log.entryAdded" and told["params"]["entry"]["level"] == "error":
            self.complaints.append(told["params"]["entry"]["text"])
        elif told.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(str(told["params"]["exceptionDetails"]))


@contextmanager
def chromium(profile: Path) -> Iterator[Browser]:
    """A browser with an empty profile, ended with the block."""
    assert CHROMIUM is not None
    options = ["--headless=new", "--disable-gpu", "--remote-debugging-port=0", f"--user-data-dir={profile}"]
    options += ["--no-first-run", "--disable-background-networking", "--disable-dev-shm-usage"]
    if os.geteuid() == 0:
        options.append("--no-sandbox")  # which Chromium does not have for root
    with (profile.parent / "chromium.log").open("wb") as log:
        process = subprocess.Popen([CHROMIUM, *options, "about:blank"], stdout=log, stderr=log)
        try:
            with connect(_address(profile, process), max_size=None, open_timeout=_PATIENCE) as socket:
                yield Browser(socket)
        finally:
            process.terminate()
            process.wait(timeout=_PATIENCE)


def _address(profile: Path, process: subprocess.Popen[bytes]) -> str:
    """The address of the browser's first page, as soon as there is one."""
    import httpx

    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and process.poll() is None:
        told = profile / "DevToolsActivePort"
        if told.exists() and (lines := told.read_text().split()):
            pages = httpx.get(f"http://127.0.0.1:{lines[0]}/json/list", timeout=_PATIENCE, trust_env=False).json()
            if addresses := [page["webSocketDebuggerUrl"] for page in pages if page["type"] == "page"]:
                return str(addresses[0])
        time.sleep(0.1)
    raise AssertionError(f"the browser has not started: {(profile.parent / 'chromium.log').read_text()[-2000:]}")
