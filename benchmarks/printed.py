"""PDFs printed to images, as an office scans them: grey JPEG, a little askew, slightly blurred."""

from __future__ import annotations

import random
from collections.abc import Collection
from pathlib import Path

import cv2
import numpy as np
import pymupdf

ASKEW = 0.6  # degrees, at most, to either side
BLUR = 0.7  # pixels at 200 dots an inch
QUALITY = 75  # of JPEG


def scan(source: Path, target: Path, dots: int, pages: Collection[int] | None = None) -> Path:
    """Writes `source` as pictures of `dots` an inch to `target`; pages not among `pages` are left blank.

    The same page always leans the same way.
    """
    with pymupdf.open(source, filetype="pdf") as digital, pymupdf.open() as scanned:
        for page in digital:
            width, height = page.rect.width, page.rect.height
            paper = scanned.new_page(width=width, height=height)
            if pages is None or page.number + 1 in pages:
                paper.insert_image(
                    paper.rect, stream=_picture(page, dots, random.Random(f"{source.name} {page.number}"))
                )
        scanned.save(target)
    return target


def _picture(page: pymupdf.Page, dots: int, chance: random.Random) -> bytes:
    drawn = page.get_pixmap(dpi=dots, colorspace=pymupdf.csGRAY)
    image = np.frombuffer(drawn.samples, np.uint8).reshape(drawn.height, drawn.stride)[:, : drawn.width]
    middle = (drawn.width / 2, drawn.height / 2)
    turn = cv2.getRotationMatrix2D(middle, chance.uniform(-ASKEW, ASKEW), 1)
    askew = cv2.warpAffine(image, turn, (drawn.width, drawn.height), borderValue=255)
    blurred = cv2.GaussianBlur(askew, (0, 0), BLUR * dots / 200)
    return bytes(cv2.imencode(".jpg", blurred, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1])
