"""Links of cells to pages: of the document on the web, else of the file below the raw folder."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

from pipeline.file_names import file_below
from pipeline.language import Language, shown
from pipeline.messages import t
from pipeline.outputs.export.rows import Place

LONGEST = 2_000  # characters of a link; Excel allows 2,079


class Links:
    """Links to pages, for a workbook in `folder` and PDFs below `raw`."""

    def __init__(self, folder: Path, raw: Path) -> None:
        self._folder, self._raw = folder.resolve(), raw.resolve()
        self._known: dict[tuple[str, str | None], str | None] = {}

    def to(self, place: Place) -> str | None:
        """The link to a page; None when the document has no address on the web and is not below the raw folder."""
        document = (place.source_path, place.source_url)
        if document not in self._known:
            self._known[document] = self._target(*document)
        target = self._known[document]
        return f"{target}#page={place.page}" if target else None

    @property
    def missing(self) -> int:
        """The documents asked for so far that have no link."""
        return sum(target is None for target in self._known.values())

    def _target(self, source_path: str, source_url: str | None) -> str | None:
        if source_url and source_url.startswith(("https://", "http://")):
            target = quote(source_url.split("#")[0], safe="%/:?=&+,;@!$'()*~[]")
        elif (file := file_below(self._raw, source_path)).is_file():
            target = f"external:{os.path.relpath(file, self._folder)}"
        else:
            return None
        return target if len(target) <= LONGEST and ("#" not in target) else None


def named(place: Place, language: Language) -> str:
    """The text of a link: file name and page, counted like in PDF viewers."""
    return shown(t("{file} p. {page}", file=Path(place.source_path).name, page=place.page), language)
