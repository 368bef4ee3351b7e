"""Arrow without pandas, in processes that read and land documents."""

from __future__ import annotations

import sys

import pyarrow as pa


def without_pandas() -> None:
    """Keeps PyArrow from importing pandas for its first array, only to ask whether it is one of pandas' own.

    That takes half a second and 60 MiB. PyArrow asks once; nothing else is kept from pandas, but `to_pandas` of a table
    has none in this process any more.
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
