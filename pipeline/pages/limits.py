"""How much of a page is read: no page that people print has as much, and some steps take time with its square.

The largest of 5,300 pages of published documents has 1,900 words, 13,000 characters, 1,700 shapes and 110 rules.
"""

from __future__ import annotations

from pipeline.errors import PageError
from pipeline.messages import t

MOST_WORDS = 20_000
MOST_CHARACTERS = 150_000
MOST_SHAPES = 30_000  # drawn lines, areas and curves
MOST_RULES = 3_000  # after joining, or edges of areas; 3,000 take 3 s


def check_count(count: int, most: int, things: str) -> None:
    """Raises `PageError` when a page has more than `most` things of a kind, so that it is left out."""
    if count > most:
        raise PageError(
            "page.unreadable",
            t(
                "it shows {count:,} {things}, and pages with more than {most:,} are left out",
                count=count,
                things=things,
                most=most,
            ),
        )
