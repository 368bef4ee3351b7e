"""Who reads scanned pages: nobody without the extra `ocr`; else its models, as soon as a scan is met."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pipeline.errors import BudgetFormsError
from pipeline.pages.ocr.model import Recognised, Recogniser

if TYPE_CHECKING:
    from pipeline.pages.ocr.model import Colour
    from pipeline.pages.ocr.recalled import Store

PACKAGES = ("rapidocr", "onnxruntime", "cv2")
INSTALL = 'pip install "budget-forms[ocr]"'


class Scans(Protocol):
    """Reads pages from their pictures. `version` is None when it cannot read any."""

    version: str | None

    def read(self, picture: Colour, number: int, size: tuple[float, float]) -> Recognised | None:
        """Page `number`; `size` is in points. None when it is not to be read now."""
        ...

    def wanted(self, number: int) -> bool:
        """Is told of a page that has to be read from its picture; whether the picture is worth making."""
        ...


class Unread:
    """Reads nothing, and keeps the numbers of the pages that it was to read."""

    version: str | None = None

    def __init__(self, version: str | None = None) -> None:
        self.version = version
        self.pages: list[int] = []

    def wanted(self, number: int) -> bool:
        self.pages.append(number)
        return False

    def read(self, picture: Colour, number: int, size: tuple[float, float]) -> Recognised | None:
        raise NotImplementedError


class Read:
    """Reads with the models, `threads` at a time. `store` keeps what was read; with `recall`, nothing else is given."""

    def __init__(self, threads: int = 0, store: Store | None = None, *, recall: bool = False) -> None:
        self.version = models_version()
        self._threads, self._store, self._recall = threads, store, recall

    def wanted(self, number: int) -> bool:
        return True

    def read(self, picture: Colour, number: int, size: tuple[float, float]) -> Recognised | None:
        from pipeline.pages.ocr.page import recognise
        from pipeline.pages.ocr.recalled import NotRecalled, Recalled

        assert self.version is not None
        reader = None if self._recall else _recogniser(self._threads)
        if self._store is None:
            assert reader is not None
            return recognise(picture, number, size, reader)
        recalled = Recalled(self.version, reader, self._store, picture)
        try:
            found = recognise(picture, number, size, recalled)
        except NotRecalled:
            return None
        if not self._recall:
            recalled.keep()
        return found


@cache
def models_version() -> str | None:
    """What scans are read with, or None when the extra is not installed. Loads nothing."""
    if any(find_spec(name) is None for name in PACKAGES):
        return None
    try:
        return f"rapidocr {version('rapidocr')}"  # its models decide
    except PackageNotFoundError:
        return None


@cache
def _recogniser(threads: int) -> Recogniser:
    from pipeline.pages.ocr.rapid import RapidRecogniser

    spec, name = find_spec("rapidocr"), models_version()
    assert spec is not None and spec.origin is not None and name is not None
    try:
        return RapidRecogniser(Path(spec.origin).parent / "models", name, threads)
    except Exception as error:  # ONNX Runtime raises several unrelated types
        raise BudgetFormsError(
            "ocr.models", f"the models of {name} cannot be loaded ({error}); install the extra again: {INSTALL}"
        ) from error


_scans: ContextVar[Scans] = ContextVar("scans")


def scans() -> Scans:
    """Who reads scanned pages here: what `scans_by` says, else the models if they are installed."""
    chosen = _scans.get(None)
    if chosen is not None:
        return chosen
    return Read() if models_version() is not None else Unread()


@contextmanager
def scans_by(reader: Scans) -> Iterator[None]:
    """Has scanned pages within the block read by `reader`."""
    token = _scans.set(reader)
    try:
        yield
    finally:
        _scans.reset(token)
