"""Audits evidence: reads each box in the PDF with PDFium, a library that took no part in making the dataset."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from pypdfium2 import PdfiumError

from pipeline.dataset.store.paths import file_digest
from pipeline.dataset.views import connect, fetched
from pipeline.document.privacy import MASK
from pipeline.document.value_check import Around, SeenPage, Verdict
from pipeline.file_names import file_below
from pipeline.messages import Text, t
from pipeline.pages.readers.pdfium import PrintedPages
from pipeline.tables.model import Box

# rows with `text` exactly as printed: by the method, and without masked names and numbers
_PRINTED = f"method IN ('mupdf', 'pdfplumber', 'inferred') AND text <> '' AND NOT contains(text, '{MASK}')"

_BOX = "page, x0, y0, x1, y1"
_CLAIMS = f"""
SELECT document_id, form_id AS owner, "table", row_no, field, part_no, {_BOX}, text, method
FROM evidence JOIN (SELECT form_id, document_id FROM forms) USING (form_id)
UNION ALL
SELECT document_id, table_id, 'budget_lines', line_no, 'amount', 1, {_BOX}, amount_text, method FROM budget_lines
"""


class Claim(NamedTuple):
    """One row of `evidence`, or one number of `budget_lines`, whose `owner` is its table.

    `clipped`: the page shows only a part of some values of the form.
    """

    source_path: str
    document_id: str
    page: int
    x0: float
    y0: float
    x1: float
    y1: float
    text: str
    owner: str
    table: str
    row_no: int
    field: str
    clipped: bool

    @property
    def box(self) -> Box:
        return Box(self.x0, self.y0, self.x1, self.y1)


class Miss(NamedTuple):
    """A claim, and the different text that its box prints."""

    claim: Claim
    printed: str


@dataclass(slots=True)
class EvidenceCheck:
    """The result of an audit, counted in rows of `evidence` and of `budget_lines`.

    `same`: the box prints exactly the text. `clipped`: the box prints a part of the text, and the page stores the whole
    text in one piece. `crowded`: the box prints the text and overflowing text of a neighbour. `unread`: the PDF is
    missing, is another file or cannot be read.
    """

    same: int = 0
    clipped: int = 0
    crowded: int = 0
    unread: int = 0
    missed: list[Miss] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    """The files counted in `unread`, each with the reason."""

    @property
    def compared(self) -> int:
        return self.same + self.clipped + self.crowded + len(self.missed)

    @property
    def line(self) -> Text:
        """The counts in one line."""
        held = self.compared - len(self.missed)
        share = f"{int(100_000 * held / self.compared) / 1000:.3f} %" if self.compared else t("none")  # not rounded up
        return t(
            "evidence: {held} of {compared} boxes print their text ({share}): {same} nothing "
            "else, {crowded} text of a neighbour too, {clipped} a part of it, the rest being "
            "clipped; {unread} could not be read",
            held=held,
            compared=self.compared,
            share=share,
            same=self.same,
            crowded=self.crowded,
            clipped=self.clipped,
            unread=self.unread,
        )


def check_evidence(out: Path, raw: Path, sample: int | None = None, password: str | None = None) -> EvidenceCheck:
    """Audits all rows of `evidence` and `budget_lines`, or `sample` of them, against the PDFs below `raw`.

    The same sample is drawn each time. Raises `DatasetError` when there is no dataset.
    """
    check = EvidenceCheck()
    for path, claims in groupby(_claims(out, sample), key=lambda claim: claim.source_path):
        _check_document(file_below(raw, path), list(claims), password, check)
    return check


def _claims(out: Path, sample: int | None) -> Iterator[Claim]:
    """What is to be printed where, by document and page."""
    drawn = 'ORDER BY hash(owner, "table", row_no, field, part_no)' + f" LIMIT {sample}" if sample else ""
    columns = 'e.page, x0, y0, x1, y1, e.text, e.owner, e."table", e.row_no, e.field'
    with connect(out) as connection:
        rows = connection.execute(
            f"SELECT source_path, d.document_id, {columns}, owner IN (SELECT form_id FROM findings WHERE "
            f"rule = 'text.clipped') FROM (SELECT * FROM ({_CLAIMS}) WHERE {_PRINTED} {drawn}) e "
            "JOIN documents d ON d.document_id = e.document_id ORDER BY source_path, e.page"
        )
        yield from (Claim(*row) for row in fetched(rows))


def _check_document(path: Path, claims: Sequence[Claim], password: str | None, check: EvidenceCheck) -> None:
    try:
        if file_digest(path) != claims[0].document_id:
            raise OSError(t("it has changed since it was read"))
        with PrintedPages(path, password) as pages:
            for number, on_page in groupby(claims, key=lambda claim: claim.page):
                _check_page(SeenPage(pages.words(number)), list(on_page), check)
    except (OSError, PdfiumError) as error:
        check.unread += len(claims)
        check.files.append(f"{claims[0].source_path}: {getattr(error, 'strerror', None) or error}")


def _check_page(seen: SeenPage, claims: Sequence[Claim], check: EvidenceCheck) -> None:
    around = Around([(claim.box, claim.text) for claim in claims], ())
    for claim in claims:
        verdict, printed = seen.judge(claim.box, claim.text, claim.clipped, around)
        if verdict in (Verdict.OTHER, Verdict.UNSEEN):
            check.missed.append(Miss(claim, printed))
        else:
            check.same += verdict is Verdict.SAME
            check.clipped += verdict is Verdict.CLIPPED
            check.crowded += verdict is Verdict.CROWDED
