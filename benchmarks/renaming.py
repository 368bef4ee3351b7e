"""`python -m benchmarks.renaming DATASET`: how many projects are known again a year later, when names change.

Each form of a dataset that prints a name is copied into a document of the year after, with its name changed as
publishers change names, and linked together with the originals. A copy is right when it is linked to its original's
project, wrong when to another one's, and kept apart else.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from pipeline.dataset.landing.project_forms import (
    Facts,
    FormReader,
    Row,
    facts_of,
    project_rows,
    stored_forms,
    with_units,
)
from pipeline.dataset.store.versions import pinned
from pipeline.dictionaries import load_naming
from pipeline.projects.link import link_forms
from pipeline.projects.model import ProjectForm

YEAR = 2027
NOTHING = Facts(None, None, None, 0, 0, None, "")
_WIDTH = str.maketrans("（）()", "()（）")
_ENDS = ("项目经费", "专项经费", "工作经费", "项目", "经费")
_WORDS = (("补助", "补贴"), ("补贴", "补助"), ("以及", "及"), ("及", "和"), ("和", "及"), ("与", "和"))


def _other_end(name: str) -> str:
    end = next((end for end in _ENDS if name.endswith(end) and len(name) - len(end) >= 4), None)
    return name.removesuffix(end) if end else f"{name}项目"


def _other_word(name: str) -> str:
    found = next(((old, new) for old, new in _WORDS if old in name), None)
    return name.replace(*found, 1) if found else f"{name}费"


CHANGES: dict[str, Callable[[ProjectForm], str]] = {
    "none": lambda form: form.project_name,
    "width of brackets": lambda form: form.project_name.translate(_WIDTH),
    "the year in front": lambda form: f"{YEAR}年" + re.sub(r"20\d\d(年度?)?", "", form.project_name),
    "the organ in front": lambda form: form.printed_organ + form.project_name,
    "项目 or 经费 behind, or not": lambda form: _other_end(form.project_name),
    "a filling word": lambda form: _other_word(form.project_name),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a line a change, with the codes and without."""
    parser = argparse.ArgumentParser("python -m benchmarks.renaming", description=__doc__)
    parser.add_argument("dataset", type=Path)
    with pinned(parser.parse_args(arguments).dataset) as version, duckdb.connect() as connection:
        rows = [row for forms in stored_forms(version, set(version.years("forms"))) for row in project_rows(forms)]
        reader, facts = FormReader(version), facts_of(connection, version, rows)
        reader.meet(rows)
        rows = with_units(rows, facts)
        forms = [reader.form(row, facts[row["form_id"]]) for row in rows]
        print("| change | codes | right | wrong | kept apart |\n|---|---|---:|---:|---:|")
        for coded in (True, False):
            for name, change in CHANGES.items():
                pairs = list(_copies(reader, zip(rows, forms, strict=True), change, coded=coded))
                counts = " | ".join(f"{count:,}" for count in _judged(forms, pairs))
                print(f"| {name} | {'printed' if coded else 'not printed'} | {counts} |", flush=True)
    return 0


def _copies(
    reader: FormReader,
    originals: Iterable[tuple[Row, ProjectForm]],
    change: Callable[[ProjectForm], str],
    *,
    coded: bool,
) -> Iterator[tuple[ProjectForm, ProjectForm]]:
    """Each form that prints a name with its copy a year later."""
    for row, form in originals:
        if form.project_name:
            named = reader.form({**row, "project_name": change(form)}, NOTHING)
            yield (
                form,
                replace(
                    form,
                    form_id=f"copy-{form.form_id}",
                    document_id=f"copy-{form.document_id}",
                    fiscal_year=YEAR,
                    project_code=form.project_code if coded else None,
                    project_name=named.project_name,
                    exact=named.exact,
                    plain=named.plain,
                ),
            )


def _judged(forms: Sequence[ProjectForm], pairs: Sequence[tuple[ProjectForm, ProjectForm]]) -> tuple[int, int, int]:
    links = {
        link.form_id: link.project_key for link in link_forms([*forms, *(copy for _, copy in pairs)], load_naming())
    }
    known = {links[form.form_id] for form in forms if form.form_id in links}
    right = sum(links[copy.form_id] == links[form.form_id] for form, copy in pairs)
    linked = sum(links[copy.form_id] in known for _, copy in pairs)
    return right, linked - right, len(pairs) - linked


if __name__ == "__main__":
    sys.exit(main())
