"""The sample: seven forms of one trade union, printed again from the text of the published PDF.

`python -m tests.generator.seed DEST` writes it.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from .drawing import Producer, draw
from .forms import FormContent, FormLayout, lay_out

TEXT = Path(__file__).parents[1] / "data" / "chongming-union-2023.txt"
LEVEL1 = ("产出指标", "效益指标", "满意度指标")
HEADER_BLOCKS = 17  # from the title to the names of the indicator columns
ROW_HEIGHT = 28  # points; the rows that do not fit on a page are then those that did not fit in the original
Block = list[str]


def seed_pages(text: str) -> list[list[Block]]:
    """The pages as blocks of lines: a line that begins with a blank starts a page, an empty line starts a block."""
    pages = re.split(r"\n (?=\S)", text.strip())
    return [[block.split("\n") for block in re.split(r"\n\n+", page)] for page in pages]


def seed_forms(text: str) -> list[FormContent]:
    """The forms of the seed with their printed line breaks; a page without title goes on with the form before it."""
    forms: list[list[list[Block]]] = []
    for page in seed_pages(text):
        if page[0] == ["财政项目支出绩效目标申报表"]:
            forms.append([page])
        else:
            forms[-1].append(page)
    return [_form(first, [line for page in later for block in page for line in block]) for first, *later in forms]


def render_sample() -> bytes:
    """The sample PDF, its pages as in the seed."""
    layout = FormLayout(row_height=ROW_HEIGHT)
    pages = [page for form in seed_forms(TEXT.read_text(encoding="utf-8")) for page in lay_out(form, layout)]
    return draw(pages, Producer.LINES, whole_font=True)


def _form(page: list[Block], later_lines: list[str]) -> FormContent:
    title, year, *header, funds_label, total, fiscal, carryover, other = page[:10]
    goals_label, headings, period, lifetime, annual, indicators_label, columns = page[10:HEADER_BLOCKS]
    lines = [line for block in page[HEADER_BLOCKS:] for line in block]
    lifetime_heading, annual_heading = headings
    return FormContent(
        title=title[0],
        year=year[0],
        header=tuple(_pairs(block) for block in header),
        funds_label="\n".join(funds_label),
        funds=(_pairs(total), _pairs(fiscal), (None, None, *_words(carryover)), _pairs(other)),
        goals_label="".join(goals_label),
        goal_headings=("\n".join([lifetime_heading, *period]), annual_heading),
        goals=("\n".join(lifetime), "\n".join(annual)),
        indicators_label="".join(indicators_label),
        columns=tuple(_words(columns)),
        rows=tuple(_indicators([*lines, *later_lines])),
    )


def _words(lines: Iterable[str]) -> list[str]:
    return [word for line in lines for word in line.split(" ")]


def _pairs(block: Block) -> tuple[str, str, str, str]:
    label, value, right_label, right_value = _words(block)
    return label, value, right_label, right_value


def _indicators(lines: Iterable[str]) -> Iterator[tuple[str, str, str, str]]:
    """Level 1, level 2, name and target: on one line, or the name on two lines and the target on a third."""
    level1 = level2 = ""
    printed: list[str] = []
    for line in lines:
        words = line.split(" ")
        while words and words[0].endswith("指标"):
            label = words.pop(0)
            level1, level2 = (label, "") if label in LEVEL1 else (level1, label)
        if len(words) == 2:
            yield level1, level2, words[0], words[1]
        else:
            printed += words
        if len(printed) == 3:
            yield level1, level2, "\n".join(printed[:2]), printed[2]
            printed = []


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(render_sample())
