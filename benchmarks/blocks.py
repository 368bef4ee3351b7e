"""`python -m benchmarks.blocks [FOLDER|FILE.pdf ...]`: ways to the bounds of a page's shapes, in CPU ms a page.

All of them on the same pages, one after the other: PyMuPDF's `extractBLOCKS`, which the program takes, MuPDF's XML of a
text page, `extractDICT`, and the drawings, which interpret the page once more.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pymupdf
from pymupdf import mupdf

from benchmarks.program import readable
from pipeline.pages.readers.mupdf import _SHOWN
from pipeline.pages.readers.mupdf_blocks import blocks_of
from pipeline.pages.readers.mupdf_words import words_of

SAMPLE = Path("data/raw")
_WAYS: dict[str, Callable[[Any, Any], object]] = {
    "words": lambda page, text: words_of(text, None),
    "extractBLOCKS, styles known": lambda page, text: blocks_of(text),
    "XML": lambda page, text: _xml(text),
    "extractDICT": lambda page, text: text.extractDICT(),
    "get_cdrawings": lambda page, text: page.get_cdrawings(),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a line for each way, and how many times the CPU time of interpreting the page it takes."""
    parser = argparse.ArgumentParser("python -m benchmarks.blocks", description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path, default=[SAMPLE], metavar="FOLDER|FILE.pdf")
    files = [
        file for path in parser.parse_args(arguments).paths for file in ([path] if path.is_file() else _pdfs(path))
    ]
    spent = dict.fromkeys(["interpreting", *_WAYS], 0.0)
    pages = 0
    for document in readable(files):
        with pymupdf.open(document.path, filetype="pdf") as opened:
            for page in opened:
                pages += 1
                _add(page, spent)
    print(f"{pages} pages\n\n| | ms a page | times interpreting |\n|---|---:|---:|")
    for name, seconds in spent.items():
        print(f"| {name} | {1000 * seconds / max(pages, 1):.3f} | {seconds / spent['interpreting']:.2f} |")
    return 0


def _pdfs(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.pdf"))


def _add(page: Any, spent: dict[str, float]) -> None:
    started = time.process_time()
    options = mupdf.FzStextOptions()
    options.flags = _SHOWN
    text = pymupdf.TextPage(mupdf.FzStextPage(page.this, options))
    spent["interpreting"] += time.process_time() - started
    for name, way in _WAYS.items():
        started = time.process_time()
        way(page, text)
        spent[name] += time.process_time() - started


def _xml(text: Any) -> bytes:
    """Without reading it, which takes as long again."""
    buffer = mupdf.FzBuffer(1 << 15)
    output = mupdf.FzOutput(buffer)
    mupdf.fz_print_stext_page_as_xml_with_flags(output, text.this, 0, 0)
    output.fz_close_output()
    xml: bytes = mupdf.fz_buffer_extract_copy(buffer)
    return xml


if __name__ == "__main__":
    raise SystemExit(main())
