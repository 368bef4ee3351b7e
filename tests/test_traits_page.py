"""docs/traits.md: its pictures are those that the generator draws, its rules those of docs/findings.md."""

import re

from PIL import Image

from tests.generator.trait_pictures import FOLDER, PICTURES, drawn
from tests.shared import ROOT

PAGE = (ROOT / "docs/traits.md").read_text(encoding="utf-8")
LARGEST = 25_000  # bytes of a picture


def test_each_picture_is_on_the_page() -> None:
    assert re.findall(r'src="images/traits/([^"]+)\.png"', PAGE) == list(PICTURES)
    assert {path.stem for path in FOLDER.iterdir()} == set(PICTURES)
    assert max(path.stat().st_size for path in FOLDER.iterdir()) <= LARGEST


def test_pictures_are_those_of_the_generator() -> None:
    """Sizes, not pixels: another version of a library may draw letters a little different."""
    for name in ("annotation", "moved-page", "ticks"):
        with Image.open(FOLDER / f"{name}.png") as stored:
            made = drawn(PICTURES[name])
            assert max(abs(a - b) for a, b in zip(stored.size, made.size, strict=True)) <= 2


def test_each_rule_is_documented() -> None:
    findings = (ROOT / "docs/findings.md").read_text(encoding="utf-8")
    known = set(re.findall(r"^\| `([a-z]+\.[a-z_]+)` \|", findings, re.MULTILINE))
    told = set(re.findall(r"`([a-z]+\.[a-z_]+)`", PAGE))
    assert told - known == set()
    assert len(told) > 20
