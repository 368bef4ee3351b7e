"""Annotations and form fields of a page as MuPDF shows them: their words, and what of the page they lie over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pymupdf
from pymupdf import mupdf

from pipeline.pages.model import Attachment, Word
from pipeline.pages.readers.mupdf_rules import Box, placed
from pipeline.text import unify

# Kinds that mark text which stays legible below them, or show no more than a sign that a note is there.
_MARKS = frozenset(
    {
        mupdf.PDF_ANNOT_LINK,
        mupdf.PDF_ANNOT_POPUP,
        mupdf.PDF_ANNOT_TEXT,
        mupdf.PDF_ANNOT_HIGHLIGHT,
        mupdf.PDF_ANNOT_UNDERLINE,
        mupdf.PDF_ANNOT_SQUIGGLY,
        mupdf.PDF_ANNOT_STRIKE_OUT,
    }
)
_UNSEEN = mupdf.PDF_ANNOT_IS_HIDDEN | mupdf.PDF_ANNOT_IS_NO_VIEW
_BOXES = frozenset({mupdf.PDF_WIDGET_TYPE_CHECKBOX, mupdf.PDF_WIDGET_TYPE_RADIOBUTTON})
_TICKED, _EMPTY = "☑", "☐"
_OPAQUE = 250  # of 255
_UNDER = 0.8  # share of a word's box that is opaque above it from which on nobody reads it


class _Mark(NamedTuple):
    """An annotation or a form field."""

    annotation: Any
    method: str
    box: Box  # on the page unturned


class Overlays:
    """What annotations and form fields print on a page. A page without any is the usual case: then it is false."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._files: list[Any] = []  # annotations that attach one
        self._marks = list(_marks(page, self._files))

    def __bool__(self) -> bool:
        return bool(self._marks)

    def words(self, turn: Any) -> list[tuple[Word, str]]:
        """The words that are printed, with their method; each mark's lines are numbered on from 1."""
        words: list[tuple[Word, str]] = []
        run = 0
        for mark in self._marks:
            for text, line, box in self._lines(mark):
                words.append((Word(*placed(box, turn), text, run + 1 + line), mark.method))
            run = words[-1][0].run if words else 0
        return words

    def hidden(self, words: Sequence[Word], turn: Any) -> list[Word]:
        """The words that lie below opaque annotations or form fields. Give no words that these print themselves."""
        areas = [placed(mark.box, turn) for mark in self._marks]
        near = [w for w in words if any(w[0] < a[2] and w[2] > a[0] and w[1] < a[3] and w[3] > a[1] for a in areas)]
        if not near:
            return []
        width, height, opacity = self._opacity(turn)
        return [w for w in near if _share(w, width, height, opacity) >= _UNDER]

    def attachments(self, turn: Any) -> tuple[Attachment, ...]:
        """The files that are attached at places of the page."""
        return tuple(
            Attachment(*placed(_box(annotation), turn), unify(_file_name(mupdf.pdf_annot_obj(annotation))))
            for annotation in self._files
        )

    def _is_box(self, mark: _Mark) -> bool:
        return mark.method == "form_field" and mupdf.pdf_widget_type(mark.annotation) in _BOXES

    def _is_drawn(self, mark: _Mark) -> bool:
        """Whether the file says how the mark looks."""
        return bool(mupdf.pdf_annot_ap(mark.annotation).m_internal)

    def _stored_text(self, mark: _Mark) -> str:
        if self._is_box(mark):
            state = mupdf.pdf_to_name(mupdf.pdf_dict_get(mupdf.pdf_annot_obj(mark.annotation), pymupdf.PDF_NAME("AS")))
            return _TICKED if state not in ("", "Off") else _EMPTY
        if mark.method == "form_field":
            return unify(mupdf.pdf_annot_field_value(mark.annotation) or "")
        return unify(mupdf.pdf_annot_contents(mark.annotation) or "") if _is_text(mark.annotation) else ""

    def _lines(self, mark: _Mark) -> list[tuple[str, int, Box]]:
        """The words of a mark with the number of their line and their place on the page unturned."""
        if self._is_box(mark):
            return [(self._stored_text(mark), 0, mark.box)]
        if found := self._printed(mark):
            return found
        text = self._stored_text(mark)  # what a viewer prints where the file does not say how
        return [(text, 0, mark.box)] if text and not self._is_drawn(mark) else []

    def _printed(self, mark: _Mark) -> list[tuple[str, int, Box]]:
        text = mupdf.FzStextPage(mupdf.fz_bound_page(self._page.this))
        device = mupdf.fz_new_stext_device(text, mupdf.FzStextOptions())
        mupdf.pdf_run_annot(mark.annotation, device, mupdf.FzMatrix(), mupdf.FzCookie())
        mupdf.fz_close_device(device)
        entries = [(unify(entry[4]), entry[5:7], entry[:4]) for entry in pymupdf.TextPage(text).extractWORDS()]
        lines = {line: number for number, line in enumerate(dict.fromkeys(line for _, line, _ in entries))}
        return [(printed, lines[line], box) for printed, line, box in entries if printed]

    def _opacity(self, turn: Any) -> tuple[int, int, bytes]:
        """How opaque the marks are, a byte for each point of the page as displayed."""
        matrix = mupdf.FzMatrix(*turn) if turn is not None else mupdf.FzMatrix()
        area = mupdf.fz_round_rect(mupdf.fz_transform_rect(mupdf.fz_bound_page(self._page.this), matrix))
        picture = mupdf.fz_new_pixmap_with_bbox(mupdf.FzColorspace(), area, mupdf.FzSeparations(), 1)
        mupdf.fz_clear_pixmap(picture)
        device = mupdf.fz_new_draw_device(matrix, picture)
        for mark in self._marks:
            mupdf.pdf_run_annot(mark.annotation, device, mupdf.FzMatrix(), mupdf.FzCookie())
        mupdf.fz_close_device(device)
        drawn = pymupdf.Pixmap("raw", picture)
        return drawn.width, drawn.height, bytes(drawn.samples)


def _marks(page: Any, files: list[Any]) -> Iterator[_Mark]:
    """The marks of a page that print text; annotations that attach a file are added to `files`."""
    of_pdf = page._pdf_page()
    annotation = mupdf.pdf_first_annot(of_pdf)
    while annotation.m_internal:
        kind = mupdf.pdf_annot_type(annotation)
        if kind == mupdf.PDF_ANNOT_FILE_ATTACHMENT:
            files.append(annotation)
        elif kind not in _MARKS and not mupdf.pdf_annot_flags(annotation) & _UNSEEN:
            yield _mark(annotation, "annotation")
        annotation = mupdf.pdf_next_annot(annotation)
    field = mupdf.pdf_first_widget(of_pdf)
    while field.m_internal:
        if not mupdf.pdf_annot_flags(field) & _UNSEEN:
            yield _mark(field, "form_field")
        field = mupdf.pdf_next_widget(field)


def _mark(annotation: Any, method: str) -> _Mark:
    return _Mark(annotation, method, _box(annotation))


def _box(annotation: Any) -> Box:
    box = mupdf.pdf_bound_annot(annotation)
    return box.x0, box.y0, box.x1, box.y1


def _file_name(annotation: Any) -> str:
    """The name of an attached file, or the note that stands for it."""
    file = mupdf.pdf_dict_gets(annotation, "FS")
    names = [mupdf.pdf_dict_gets(file, entry) for entry in ("UF", "F")] + [mupdf.pdf_dict_gets(annotation, "Contents")]
    return next((mupdf.pdf_to_text_string(name) for name in [*names, file] if mupdf.pdf_is_string(name)), "")


def _is_text(annotation: Any) -> bool:
    return bool(mupdf.pdf_annot_type(annotation) == mupdf.PDF_ANNOT_FREE_TEXT)


def _share(word: Word, width: int, height: int, opacity: bytes) -> float:
    """The share of a word's box that is opaque."""
    x0, y0 = max(round(word[0]), 0), max(round(word[1]), 0)
    x1, y1 = min(max(round(word[2]), x0 + 1), width), min(max(round(word[3]), y0 + 1), height)
    rows = (opacity[y * width + x0 : y * width + x1] for y in range(y0, y1))
    return sum(value >= _OPAQUE for row in rows for value in row) / max((x1 - x0) * (y1 - y0), 1)
