"""How much of a page is read: no page that people print has as much, and some steps take time with its square.

The largest of 5,300 pages of published documents has 1,900 words, 13,000 characters, 1,700 shapes and 110 rules.
"""

from __future__ import annotations

from pipeline.errors import PageError
from pipeline.messages import t

LARGEST_SIDE = 14_400  # points, as PDF says; drawn to find ink, a page of 100,000 takes 4 GiB
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


def check_size(width: float, height: float) -> None:
    """Raises `PageError` for a page that is larger than PDF allows, or that has no size."""
    if not (0 <= width <= LARGEST_SIDE and 0 <= height <= LARGEST_SIDE):
        raise PageError(
            "page.unreadable",
            t(
                "it is {width:,.0f} by {height:,.0f} points, and PDF allows {most:,}",
                width=width,
                height=height,
                most=LARGEST_SIDE,
            ),
        )
