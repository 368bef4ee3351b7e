"""The models that recognise scanned pages: of the extra `ocr`, loaded when the first such page is met."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from pipeline.errors import BudgetFormsError
from pipeline.messages import t
from pipeline.pages.ocr.model import Recogniser

PACKAGES = ("rapidocr", "onnxruntime", "cv2")
INSTALL = 'pip install "budget-forms[ocr]"'


@cache
def engine_name() -> str | None:
    """The name and version of the models, or None when the extra is not installed. Loads nothing."""
    if any(find_spec(name) is None for name in PACKAGES):
        return None
    try:
        return f"rapidocr {version('rapidocr')}"  # its models decide
    except PackageNotFoundError:
        return None


@cache
def load_recogniser(threads: int) -> Recogniser:
    """The models, which use `threads` CPUs (0: all). Raises `BudgetFormsError` when they cannot be loaded."""
    from pipeline.pages.ocr.rapid import RapidRecogniser

    spec, name = find_spec("rapidocr"), engine_name()
    assert spec is not None and spec.origin is not None and name is not None
    try:
        return RapidRecogniser(Path(spec.origin).parent / "models", name, threads)
    except Exception as error:  # ONNX Runtime raises several unrelated types
        raise BudgetFormsError(
            "ocr.models",
            t(
                "the models of {name} cannot be loaded ({error}); install the extra again: {install}",
                name=name,
                error=error,
                install=INSTALL,
            ),
        ) from error
