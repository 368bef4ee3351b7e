"""The recogniser: the PP-OCR models of the package rapidocr, run on ONNX Runtime. Nothing is downloaded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import onnxruntime

from pipeline.pages.ocr.model import Char, Pixels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.pages.ocr.model import Grey

    Floats = NDArray[np.float32]

HEIGHT = 48  # pixels of a line as the model wants it
STEP = 16  # pixels; lines of about one width are read together, padded to the next multiple
NARROWEST = 64  # pixels
AT_ONCE = 4096  # pixels of width in one batch; the scores of each character of the alphabet take 75 KiB for 8 pixels
LONGEST = 1216  # pixels of the page on which lines are looked for; a multiple of 32, as the model wants it
SURE, SURE_OF_LINE = 0.3, 0.5  # of a pixel, and of a whole line, that it is text
GROWTH = 1.6  # the model marks the core of a line: area to add, in units of its circumference
SMALLEST = 3  # pixels


class RapidRecogniser:
    """Raises OSError or ONNX Runtime's own errors when the models are damaged."""

    def __init__(self, models: Path, version: str, threads: int) -> None:
        self.version = version
        self._finder = _session(models / "PP-OCRv6_det_small.onnx", threads)
        self._reader = _session(models / "PP-OCRv6_rec_small.onnx", threads)
        alphabet = self._reader.get_modelmeta().custom_metadata_map["character"].splitlines()
        self._alphabet = ["", *alphabet, " "]  # the first stands for none

    def find(self, image: Grey) -> list[Pixels]:
        scale = min(1.0, LONGEST / max(image.shape))
        height, width = (max(32, round(side * scale / 32) * 32) for side in image.shape)
        (output,) = self._finder.run(
            None, {self._finder.get_inputs()[0].name: _input(image, width, height)[np.newaxis]}
        )
        return list(_boxes(output[0, 0], image.shape[1] / width, image.shape[0] / height))

    def read(self, lines: Sequence[Grey]) -> list[tuple[Char, ...]]:
        widths = [max(STEP, round(HEIGHT * line.shape[1] / line.shape[0])) for line in lines]
        found: list[tuple[Char, ...]] = [()] * len(lines)
        for batch in _batches(widths):
            width = max(NARROWEST, -(-widths[batch[-1]] // STEP) * STEP)
            inputs = np.zeros((len(batch), 3, HEIGHT, width), np.float32)
            for row, i in enumerate(batch):
                inputs[row, :, :, : widths[i]] = _input(lines[i], widths[i], HEIGHT)
            (scores,) = self._reader.run(None, {self._reader.get_inputs()[0].name: inputs})
            for row, i in enumerate(batch):
                found[i] = tuple(self._decoded(scores[row], width / widths[i]))
        return found

    def _decoded(self, scores: Floats, padded: float) -> Iterator[Char]:
        """The characters of one line: of each run of the same one the surest place counts."""
        best = scores.argmax(axis=1)
        at = 0
        for index, run in groupby(best.tolist()):
            length = len(list(run))
            if index:
                middle = (at + length / 2) / len(best) * padded
                yield Char(self._alphabet[index], min(middle, 1.0), float(scores[at : at + length, index].max()))
            at += length


def _session(model: Path, threads: int) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # it would keep the most that any batch took
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def _input(image: Grey, width: int, height: int) -> Floats:
    """The image at this size as the models want it: three equal channels from -1 to 1."""
    shrinks = height * width < image.shape[0] * image.shape[1]
    resized = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    return np.repeat((resized.astype(np.float32) / 127.5 - 1)[np.newaxis], 3, axis=0)


def _batches(widths: Sequence[int]) -> Iterator[list[int]]:
    """Numbers of lines of about one width, to be read together; the widest comes last."""
    batch: list[int] = []
    for i in sorted(range(len(widths)), key=lambda i: widths[i]):
        wide = widths[i] > max(NARROWEST, 1.1 * widths[batch[0]] + STEP) if batch else False
        if batch and (wide or (len(batch) + 1) * widths[i] > AT_ONCE):
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


def _boxes(text: Floats, across: float, down: float) -> Iterable[Pixels]:
    """The boxes of lines on a map of how much each pixel is text; the page is straight, and so are they."""
    mask = cv2.dilate((text > SURE).astype(np.uint8), np.ones((2, 2), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    height, width = text.shape
    for x, y, w, h, _ in stats[1:count].tolist():
        if (
            min(w, h) < SMALLEST
            or float(text[y : y + h, x : x + w][mask[y : y + h, x : x + w] > 0].mean()) < SURE_OF_LINE
        ):
            continue
        grow = GROWTH * w * h / (2 * (w + h))
        x0, y0, x1, y1 = max(0.0, x - grow), max(0.0, y - grow), min(width, x + w + grow), min(height, y + h + grow)
        yield Pixels(round(x0 * across), round(y0 * down), round(x1 * across), round(y1 * down))
