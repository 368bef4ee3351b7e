"""Texts of the page's script (`static/review.js`), which fills their placeholders itself."""

from __future__ import annotations

from pipeline.messages import known, pattern

_TEXTS = (
    pattern("A second form begins with row {row} of {table}: {name}"),
    pattern("Add a row"),
    pattern("As printed; leave it blank where nothing is printed"),
    pattern("As the first row."),
    pattern("Behind row {row}. Leave blank what is not printed."),
    pattern("Correct {label}"),
    pattern("It was read as a budget table, and is none."),
    pattern("Merge with the next form"),
    pattern("Nothing was read."),
    pattern("Read: {text}"),
    pattern("Remove row {row}"),
    pattern("Remove the table"),
    pattern("Split the form"),
    pattern("The first of its rows in {table}"),
    pattern("The next form is the rest of this one; its rows come behind those of this one."),
    pattern("choose a number in a row first"),
    pattern("choose a value first"),
    pattern("choose a value in a row of funds or indicators first"),
    pattern("compared with the page"),
    pattern("fit"),
    pattern("misread"),
    pattern("no budget table"),
    pattern("no row of the form"),
    pattern("no row of the table"),
    pattern("none of them"),
    pattern("not read"),
    pattern("one form read as two"),
    pattern("the program does not answer: is `budget-forms review` still running?"),
    pattern("this is the first finding of the document"),
    pattern("this is the last form of the document"),
    pattern("this value cannot be corrected"),
    pattern("this was the last finding of the document"),
    pattern("two forms read as one"),
)


def script_texts() -> dict[str, str]:
    """The texts in Chinese by their English."""
    return {text: known(text).chinese for text in _TEXTS}
