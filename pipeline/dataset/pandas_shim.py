"""Keeps pandas out of the processes that read and land documents."""

from __future__ import annotations

import sys

import pyarrow as pa


def without_pandas() -> None:
    """Keeps PyArrow from importing pandas when it makes its first array, which costs half a second and 60 MiB.

    PyArrow tries the import once. Other code may still import pandas, but `to_pandas` of a table fails in this process.
    """
    sys.meta_path.insert(0, finder := _WithoutPandas())
    try:
        pa.array([None])
    finally:
        sys.meta_path.remove(finder)


class _WithoutPandas:
    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError("PyArrow is to do without pandas", name=name)
