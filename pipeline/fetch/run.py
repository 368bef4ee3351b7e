"""A fetch run: sources, pages, files, catalogue."""

from __future__ import annotations

from pipeline.fetch.model import FetchReport, Progress
from pipeline.settings import FetchParameters


def fetch_sources(parameters: FetchParameters, progress: Progress | None = None) -> FetchReport:
    """Downloads what the sources publish and is new or changed; one failure costs one document.

    Raises `UsageError` when the sources file cannot be used.
    """
    raise NotImplementedError
