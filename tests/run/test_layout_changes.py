"""A changed layout file re-reads only documents that it can touch, and the dataset is as if all had been read again."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pipeline.dataset.landing.layouts import layouts_of, shipped_layouts
from pipeline.dataset.landing.sheets import Judge, untouched

import schemas
from pipeline.dataset.landing import fingerprint
from pipeline.dataset.store.model import Version
from pipeline.dictionaries import load_knowledge
from pipeline.document.rows import sheet_row
from pipeline.forms.dictionary import Knowledge, Label, Layout, Taxonomy
from pipeline.forms.layouts import GENERIC, KnownBy, match_layout
from pipeline.settings import Settings
from tests.documents import FORM, JOURNAL, SCORED, SYSTEM, list_pages
from tests.generator.drawing import Producer, draw
from tests.generator.forms import lay_out
from tests.shared import ingest_here, snapshot, write_pdf

WORDS = ("目标", "自评", "项目", "资金", "专项")
TEXTS = st.lists(st.sampled_from(WORDS), max_size=2, unique=True).map(tuple)
CONTENTS = st.builds(
    lambda titles, needs, scope, meant: Layout(
        "", "project_target", titles, needs, {meant: {"ignored": Label("ignored", meant)}}, scope
    ),
    TEXTS, TEXTS, st.sampled_from(["annual", "lifetime"]), st.sampled_from(WORDS),
)  # fmt: skip
FILES = st.dictionaries(st.sampled_from("abcd"), st.tuples(st.sampled_from("wxyz"), CONTENTS), max_size=4)
SHEETS = st.lists(
    st.builds(
        lambda title, labels: KnownBy("".join(title), frozenset(labels)),
        st.lists(st.sampled_from(WORDS), max_size=3),
        st.sets(st.sampled_from((*WORDS, "别的"))),
    ),
    max_size=3,
)


def knowledge_of(files: dict[str, Layout]) -> Knowledge:
    return Knowledge({}, in_order(files), Taxonomy({}, {}, {}), ())


def in_order(files: dict[str, Layout]) -> tuple[Layout, ...]:
    return tuple(files[name] for name in sorted(files))


def with_generic(drawn: dict[str, tuple[str, Layout]], generic: Layout) -> dict[str, Layout]:
    """Layouts by file: the generic one is always there; two files do not say the same id."""
    files, taken = {"generic.toml": replace(generic, id=GENERIC)}, set()
    for name, (own, layout) in sorted(drawn.items()):
        if own not in taken:
            taken.add(own)
            files[f"{name}.toml"] = replace(layout, id=own)
    return files


@given(FILES, FILES, CONTENTS, CONTENTS, st.booleans(), SHEETS)
def test_a_document_that_is_said_to_be_untouched_has_the_same_layouts(
    before: dict[str, tuple[str, Layout]],
    after: dict[str, tuple[str, Layout]],
    generic: Layout,
    changed: Layout,
    keep: bool,
    met: list[KnownBy],
) -> None:
    """Added, removed, renamed and changed in every way, most of the files staying as they are in half of the cases."""
    old = with_generic(before, generic)
    new = with_generic({**before, **dict(list(after.items())[:1])} if keep else after, generic if keep else changed)
    had = [match_layout(knowledge_of(old), *known) for known in met]
    now = [match_layout(knowledge_of(new), *known) for known in met]
    rows = [sheet_row("d", 1, layout.id, known) for layout, known in zip(had, met, strict=True)]
    judge = Judge(layouts_of(in_order(old)), layouts_of(in_order(new)))
    if not any(judge.touches(row) for row in rows):
        assert now == had
    if old == new:
        assert not any(judge.touches(row) for row in rows)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The file of layouts of a copied installation, which a test may change."""
    shutil.copytree(Path(schemas.__file__).parent, tmp_path / "schemas")
    monkeypatch.setattr(schemas, "__file__", str(tmp_path / "schemas/__init__.py"))
    forget()
    yield tmp_path / "schemas/layouts.toml"
    monkeypatch.undo()
    forget()


def forget() -> None:
    """What a process knows of the layouts, so that the next run is like one of a new process."""
    for remembered in (load_knowledge, shipped_layouts, fingerprint.pipeline_fingerprint):
        remembered.cache_clear()


def append(path: Path, *lines: str) -> None:
    path.write_text("\n".join((path.read_text(encoding="utf-8"), *lines)), encoding="utf-8")


def change(path: Path, layout: str, make: Callable[[str], str]) -> None:
    """Rewrite the row of one layout."""
    head, *rows = path.read_text(encoding="utf-8").split("[[layout]]\n")
    rows = [make(row) if f'id = "{layout}"' in row else row for row in rows]
    path.write_text(head + "".join("[[layout]]\n" + row for row in rows if row), encoding="utf-8")


def drawn(raw: Path) -> None:
    """Four documents: a form of Shanghai, a self-evaluation, a list of Beijing, and one without a form."""
    for name, pages in (("form", lay_out(FORM)), ("scored", lay_out(SCORED)), ("list", list_pages((JOURNAL, SYSTEM)))):
        (raw / f"{name}.pdf").write_bytes(draw(pages, Producer.LINES))
    write_pdf(raw / "none.pdf", "nothing")


MINE = ("[[layout]]", 'id = "mine"', 'form_kind = "project_target"')
IGNORED = '[[layout.label]]\nmeans = "ignored"\nwhy = "x"\ntexts = ["项目类别"]\n'
EDITS: dict[str, tuple[Callable[[Path], object], set[str]]] = {
    "added, fits a title": (lambda f: append(f, *MINE, 'titles = ["支出绩效自评表"]'), {"scored"}),
    "added, fits labels": (lambda f: append(f, *MINE, 'needs = ["实施单位"]'), {"form", "scored"}),
    "added, fits nothing": (lambda f: append(f, *MINE, 'needs = ["没有人印的"]'), set()),
    "removed": (lambda f: change(f, "beijing-project-list", lambda row: ""), {"form", "scored", "list"}),
    "removed, of no document": (lambda f: change(f, "xian-project", lambda row: ""), set()),
    "another rule": (lambda f: change(f, "xian-project", lambda row: row + 'titles = ["目标"]\n'), set()),
    "a rule that fits": (
        lambda f: change(f, "xian-project", lambda row: "\n".join(row.split("\n")[:2]) + '\ntitles = ["申报表"]\n'),
        {"form"},
    ),
    "another label": (lambda f: change(f, "shanghai-district-target", lambda row: row + IGNORED), {"form"}),
    "a comment": (lambda f: append(f, "# the same"), set()),
}


@pytest.mark.parametrize("edit", EDITS)
def test_only_documents_that_a_layout_can_touch_are_read_again(tmp_path: Path, folder: Path, edit: str) -> None:
    raw, (edited, touched) = tmp_path / "raw", EDITS[edit]
    raw.mkdir()
    drawn(raw)
    some, all_ = Settings(raw=raw, out=tmp_path / "some"), Settings(raw=raw, out=tmp_path / "all", force=True)
    assert ingest_here(some).read == 4
    edited(folder)
    forget()
    assert ingest_here(some).read == len(touched)
    assert ingest_here(all_).read == 4
    assert snapshot(some.out) == snapshot(all_.out)
    forget()
    assert ingest_here(some).read == 0


def test_a_document_read_with_layouts_that_nobody_knows_any_more_is_read_again(tmp_path: Path) -> None:
    assert untouched(Version(1), {"d": "code.layouts"}, {}, shipped_layouts()) == set()
