"""The image of a page made ready for reading: without seals, and set straight."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.pages.ocr.model import Grey
    from pipeline.pages.pictures import Colour

Pixel = TypeVar("Pixel", np.uint8, np.float32)

RED = 40  # levels by which red is above green and blue in red ink
PRINT = 110  # level of red light below which there is black print under red ink
JOINED, SEAL = 4.0, 55.0  # points: red ink so close is one thing, and a seal is both so wide and so high
STEEPEST = 4.0  # degrees; what leans more was not fed askew but laid down so
COARSE, FINE = 0.5, 0.05  # degrees; 0.05 is half a point over the width of a page
SMALL = 700  # pixels of the longer side on which the lean is measured


def without_seals(image: Colour, scale: float) -> Grey:
    """The page in grey, without red ink where it is a seal: print below it stays. `scale` is in pixels a point.

    Red headings stay as well, in grey.
    """
    grey: Grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    red = image[:, :, 0]
    is_red = cv2.subtract(red, cv2.max(image[:, :, 1], image[:, :, 2])) > RED
    if not is_red.any():
        return grey
    close = np.ones((round(JOINED * scale),) * 2, np.uint8)
    areas = cv2.morphologyEx(is_red.astype(np.uint8), cv2.MORPH_CLOSE, close)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(areas)
    seals = (stats[:, cv2.CC_STAT_WIDTH] > SEAL * scale) & (stats[:, cv2.CC_STAT_HEIGHT] > SEAL * scale)
    seals[0] = False
    if count > 1 and seals.any():
        ink = seals[labels] & (cv2.dilate(is_red.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)
        # print that shows through the ink of a seal is dark in red light as well
        grey = np.where(ink & (red > PRINT), 255, grey).astype(np.uint8)
    return grey


def lean(image: Grey) -> float:
    """The degrees, clockwise, by which level lines lean: where rows of pixels differ most from their neighbours."""
    scale = SMALL / max(image.shape)
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else image
    ink = (255 - small).astype(np.float32)
    ink[ink < 40] = 0
    # 0 comes first: of angles that are equally good, as on a blank page, it stays
    best = max(sorted(np.arange(-STEEPEST, STEEPEST + COARSE / 2, COARSE), key=abs), key=lambda a: _contrast(ink, a))
    near = sorted(np.arange(best - COARSE, best + COARSE + FINE / 2, FINE), key=lambda a: abs(a - best))
    return round(float(max(near, key=lambda a: _contrast(ink, a))), 2)


def _contrast(ink: NDArray[np.float32], angle: float) -> float:
    profile = turned(ink, -angle, 0).sum(axis=1)
    return float(np.square(np.diff(profile)).sum())


def turned(image: NDArray[Pixel], angle: float, paper: int = 255) -> NDArray[Pixel]:
    """The image turned clockwise by `angle` degrees about its middle; corners are filled with `paper`."""
    if not angle:
        return image
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -angle, 1)
    straight: NDArray[Pixel] = cv2.warpAffine(image, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=paper)
    return straight
