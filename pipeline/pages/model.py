"""What a reader gives for a page: words and rules in points, origin top left, as displayed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol, runtime_checkable

from pipeline.errors import DocumentError
from pipeline.messages import Text, t
from pipeline.pages.drawing import Drawing


class Word(NamedTuple):
    """A printed word. `run` numbers the reader's text lines in drawing order; words of one line share it.

    A NamedTuple, not a dataclass: a page has hundreds and tuples are made three times as fast.
    """

    x0: float
    y0: float
    x1: float
    y1: float
    text: str
    run: int


class Rule(NamedTuple):
    """A straight printed line: at `at` (x of an upright rule, y of a level one) from `start` to `end`."""

    at: float
    start: float
    end: float


class Area(NamedTuple):
    """A rectangle of a page in points."""

    x0: float
    y0: float
    x1: float
    y1: float


class Overlay(NamedTuple):
    """A word that an annotation or a form field prints; `method` (`annotation`, `form_field`) says which of the two."""

    x0: float
    y0: float
    x1: float
    y1: float
    method: str


class Attachment(NamedTuple):
    """A file that is attached at a place of a page."""

    x0: float
    y0: float
    x1: float
    y1: float
    name: str


@dataclass(frozen=True, slots=True)
class Recognition:
    """How the words of a page were recognised on its picture.

    `engine` names the models. `confidence` has a number from 0 to 1 for each word of the page: that of its least
    certain character. Words and rules lie as on a page whose text runs level: `lean` (degrees) is how far the page was
    turned clockwise from there, about its middle, beside the page's `quarters`.
    """

    engine: str
    confidence: tuple[float, ...]
    lean: float = 0.0


@dataclass(frozen=True, slots=True)
class Page:
    """What one page prints. `number` is 1-based; `level` and `upright` are its horizontal and vertical rules, merged.

    `is_scan`: the page shows an image and has no text to speak of; a blank page is no scan. `covered` are words that
    nobody sees: under a white area or an annotation, invisible, or of the paper's colour; they are not among `words`.
    `picture`: the share of the page that its largest image covers, be it ever so small; None without an image.
    `untrusted` says why `words` are not what people see, None where nothing speaks against them. `stored` are all words
    of a page that may hold a form, clipped ones included, without covered ones; None where none is clipped.
    `recognition` is set on pages that were read from their picture. `pictures` is where images stand, `overlays` which
    of the words annotations and form fields print, `unread_ink` where the page shows more than words, rules and
    pictures, `attachments` the files that are attached to it. `damaged` says what the library had to mend or leave out
    of the page's content, None where it met no damage.

    Content that lies on its side is set upright: words, rules, width and height are those of the page with its text
    level, and `quarters` is how far it is turned clockwise from there as displayed. `ornaments` are words that are no
    text of the page: watermarks, letters of seals. `unmapped` are words in a font that does not say which characters it
    prints, and that no other reader could name; neither are among `words`.
    """

    number: int
    width: float
    height: float
    words: tuple[Word, ...]
    level: tuple[Rule, ...]
    upright: tuple[Rule, ...]
    is_scan: bool
    covered: tuple[Word, ...] = ()
    picture: float | None = None
    untrusted: Text | None = None
    stored: tuple[Word, ...] | None = None
    recognition: Recognition | None = None
    quarters: int = 0
    ornaments: tuple[Word, ...] = ()
    unmapped: tuple[Word, ...] = ()
    pictures: tuple[Area, ...] = ()
    overlays: tuple[Overlay, ...] = ()
    unread_ink: tuple[Area, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    damaged: Text | None = None


@dataclass(frozen=True, slots=True)
class LostPage:
    """A page that could not be read: `code` is stable (page.unreadable, worker.timeout), `message` says why."""

    number: int
    code: str
    message: Text


PageReading = Page | LostPage

PageRange = tuple[int, int]
"""First and last page, from 1."""


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """What the file says about itself. `repaired`: its structure was damaged, so pages may have lost their content.

    `xfa`: its content is an XFA form that a viewer builds when it opens the file, and the pages show a placeholder.
    `attachments` are the names of files that are embedded in it, but not at a place of a page.
    """

    page_count: int
    producer: str | None
    repaired: bool = False
    xfa: bool = False
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentPages:
    """One PDF as its pages print it: all that its rows are made of.

    `document_id` is the sha256 of the bytes, hex; `byte_size` their number. `pages` are those of `reader`, in order;
    they may be read from a store while they are taken, and are taken once. `recognised` are pages that OCR has read or
    has failed to read, by number; `ocr_engine` is what recognises pages here, None without the extra `ocr`. `witness`
    are pages that may hold forms as another library reads them: values are compared with them, None: with nothing.
    """

    document_id: str
    byte_size: int
    info: DocumentInfo
    reader: str
    pages: Iterable[PageReading]
    recognised: Mapping[int, PageReading] = field(default_factory=dict)
    witness: Mapping[int, PageReading] | None = None
    ocr_engine: str | None = None


def locked(path: Path, password: str | None) -> DocumentError:
    """The error for a PDF that needs a password, or another one."""
    wrong = t("the password does not open the PDF") if password else t("the PDF needs a password")
    return DocumentError("pdf.encrypted", t("{wrong}; give it with --password", wrong=wrong), document=str(path))


SCANNED = t("the page is an image without text")
"""`Page.untrusted` of a scan."""
PICTURED_FORM = t("a picture on the page is ruled like a form")
PICTURED_TEXT = t("a picture on the page shows text")
"""`Page.untrusted` of a page whose words are right, and not all that it says."""

MARKS = ("指标", "绩效")  # words of tables that may hold a form
SCAN_TEXT = 15  # characters; a scanned page may carry a page number or a stamp as text


class OpenDocument(Protocol):
    """An opened PDF; a context manager."""

    info: DocumentInfo

    def page(self, number: int) -> Page:
        """Page `number`, from 1. Raises PageError when it cannot be read; other pages may be."""
        ...

    def stored_words(self, number: int) -> tuple[Word, ...] | None:
        """All words of page `number` but covered ones; None when none are clipped away, or nobody can tell.

        Raises PageError when it cannot be read.
        """
        ...

    def __enter__(self) -> OpenDocument: ...

    def __exit__(self, *exc: object) -> None: ...


@runtime_checkable
class DrawnDocument(Protocol):
    """An opened PDF that can draw its pages. `draws_all`: also letters of fonts that the PDF does not hold."""

    draws_all: bool

    def drawing(self, number: int, dots: float) -> Drawing:
        """Page `number`, from 1, as displayed, with annotations and form fields; `dots` an inch.

        Raises PageError when it cannot be drawn.
        """
        ...

    def is_plain(self, number: int) -> bool:
        """Whether page `number`, the last one read, has only dark letters, straight rules, and areas below letters."""
        ...

    def pale_words(self, number: int, words: Sequence[Word]) -> frozenset[Word]:
        """Those of some words of page `number`, the last one read, that have the colour of paper."""
        ...


@runtime_checkable
class WarningDocument(Protocol):
    """An opened PDF that says which damage its library met. `info.repaired` may change while pages are read."""

    def damage(self, number: int) -> Text | None:
        """The first damage met since the last call, while page `number` was read; None where there was none."""
        ...


class Reader(Protocol):
    """Opens PDFs. `name` is the `method` of evidence."""

    name: str

    def open(self, path: Path, password: str | None = None) -> OpenDocument:
        """Open a PDF. Raises DocumentError when it is none or cannot be opened, for instance with this password."""
        ...
