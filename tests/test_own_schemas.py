"""Layouts, labels and other entries in a folder of one's own: beside those of the package, or in their place."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipeline.dictionaries import (
    load_budget_knowledge,
    load_code_names,
    load_knowledge,
    load_naming,
    load_places,
    load_regions,
    use_schemas,
)
from pipeline.document.result import DocumentResult
from pipeline.errors import KnowledgeError
from pipeline.forms.dictionary import meanings
from pipeline.own_schemas import NONE, read_own_schemas, use_own_schemas
from pipeline.review.worker import Read, answer, warm_up
from pipeline.run.fingerprint import run_fingerprint
from pipeline.run.inputs import ingest_command, with_input_folders
from pipeline.settings import Settings
from tests.documents import FORM
from tests.generator.drawing import Producer, draw
from tests.generator.forms import lay_out
from tests.shared import ROOT, Place, environment, ingest_here

UNKNOWN = "落地主体"
"""A label of a field that no dictionary has."""

LABEL = f'[[label]]\nmeans = "field"\nfield = "implementing_unit"\ntexts = ["{UNKNOWN}"]\n'


@pytest.fixture(autouse=True)
def packaged_again() -> Iterator[None]:
    """Other tests of this process read with the entries of the package."""
    yield
    use_own_schemas(NONE)


def put(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def put_form(folder: Path) -> Path:
    """A PDF with a form whose implementing unit has the unknown label."""
    header = tuple((*row[:2], UNKNOWN if row[2] == "实施单位" else row[2], row[3]) for row in FORM.header)
    folder.mkdir(parents=True)
    path = folder / "a.pdf"
    path.write_bytes(draw(lay_out(replace(FORM, header=header)), Producer.LINES))
    return path


def _refuse(*_: object, **__: object) -> None:
    raise AssertionError("a PDF was opened")


def units(out: Path) -> list[Any]:
    (path,) = (out / "forms").rglob("*.parquet")
    units: list[Any] = pq.read_table(path, columns=["implementing_unit"])["implementing_unit"].to_pylist()
    return units


def test_a_changed_entry_assembles_again_and_the_folder_is_remembered(tmp_path: Path) -> None:
    raw, out = put_form(tmp_path / "raw").parent, tmp_path / "out"
    ingest_here(Settings(raw=raw, out=out, verify="off"))
    assert units(out) == [None]
    own = put(tmp_path / "own", labels=LABEL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.run.document_reading.open_document", _refuse)  # pages are stored
        ingest_here(Settings(raw=raw, out=out, verify="off", schemas=own))
    assert units(out) == ["崇明区养老服务中心"]

    unnamed = with_input_folders(Settings(out=out, verify="off"))
    assert unnamed.schemas is not None
    assert unnamed.schemas.resolve() == own
    assert ingest_command(unnamed).endswith(f"--schemas {own}")
    assert ingest_here(unnamed).read == 0
    put(own, labels=LABEL.replace("implementing_unit", "department"))
    assert ingest_here(unnamed).read == 1
    assert units(out) == [None]
    (own / "labels.toml").rename(own / "labels.txt")  # an empty folder leaves the package's
    assert ingest_here(unnamed).read == 1
    shutil.rmtree(own)
    with pytest.raises(KnowledgeError, match=r"there is no folder .*own of layouts and labels of your own: name it"):
        ingest_here(unnamed)


def test_the_review_page_reads_with_the_folder(tmp_path: Path) -> None:
    pdf, own = put_form(tmp_path / "raw"), put(tmp_path / "own", labels=LABEL)
    warm_up(read_own_schemas(own))  # as a process of the page begins
    read = answer(Read(pdf, None, "mupdf", ()), Place())
    assert isinstance(read, DocumentResult)
    assert [form["implementing_unit"] for form in read.tables["forms"]] == ["崇明区养老服务中心"]


@pytest.mark.service
def test_an_installed_package_that_cannot_be_written_reads_with_a_folder_elsewhere(tmp_path: Path) -> None:
    site = tmp_path / "site"
    for package in ("budget_forms", "pipeline", "flows", "schemas"):
        shutil.copytree(ROOT / package, site / package, ignore=shutil.ignore_patterns("__pycache__"))
    before = {path: path.stat().st_mtime_ns for path in site.rglob("*.toml")}
    for path in (site, *site.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    pdf, own = put_form(tmp_path / "work" / "raw"), put(tmp_path / "elsewhere", labels=LABEL)
    variables = environment(
        PYTHONPATH=str(site),
        PYTHONDONTWRITEBYTECODE="1",
        PREFECT_HOME=str(tmp_path / "home"),
        BUDGET_FORMS_SCHEMAS=str(own),
    )

    def run(*args: str | Path) -> subprocess.CompletedProcess[str]:
        typed = [sys.executable, "-P", "-m", "pipeline.cli", *map(str, args)]
        return subprocess.run(
            typed, cwd=tmp_path / "work", env=variables, capture_output=True, text=True, timeout=240, check=False
        )

    read = json.loads(run("extract", "--json", pdf).stdout)
    assert [form["implementing_unit"] for form in read["forms"]] == ["崇明区养老服务中心"]
    assert f"{own}/labels.toml {UNKNOWN}" in run("extract", "--explain", pdf).stdout
    done = run("ingest", "--raw", "raw", "--out", "out", "--workers", "1")
    assert done.returncode == 0, done.stderr
    assert units(tmp_path / "work" / "out") == ["崇明区养老服务中心"]
    put(own, labels="[[label]]\n")
    wrong = run("ingest", "--raw", "raw", "--out", "out")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert f"budget-forms: {own}/labels.toml: label 1: means = None is none of" in wrong.stderr
    assert {path: path.stat().st_mtime_ns for path in site.rglob("*.toml")} == before
    for path in (site, *site.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def test_own_entries_add_to_the_packages_and_replace_the_same_ones(tmp_path: Path) -> None:
    packaged = load_knowledge(own=NONE)
    own = read_own_schemas(
        put(
            tmp_path / "own",
            labels=LABEL + '[[label]]\nmeans = "ignored"\nwhy = "ours"\ntexts = ["项 目 名 称"]\n',
            label_patterns='[[pattern]]\nmeans = "goal"\nmatch = "愿景$"\n',
            layouts='[[layout]]\nid = "chongqing-department"\nform_kind = "project_target"\ntitles = ["本地任务书"]\n',
            other_forms='[[other_form]]\nname = "绩效监控表"\nends = ["盯办表"]\nlabels = []\n',
            announcements='[[announcement]]\nexample = "共9万元"\npattern = "共(?P<amount>9)(?P<unit>万元)"\n',
            taxonomy='[level1]\noutput = ["成果"]\n[level2.quantity]\nnames = ["多少"]\n',
            budget_tables='[[kind]]\nid = "income"\nmatch = "进账一览"\n[rows]\nof_which = "^内含"\n',
            codes='[functional]\n"201" = ["一般事务"]\n"29901" = ["新科目"]\n',
            regions='shared = ["310151"]\n[regions]\n"990001" = "云溪县"\n',
            counties='[counties]\n"130100" = ["云溪区"]\n',
            projects='[organs]\nended = ["(总部)"]\n[organs.short]\n"图书局" = "图书管理局"\n',
        )
    )
    knowledge = load_knowledge(own=own)
    assert meanings(knowledge, UNKNOWN)["field"].field == "implementing_unit"
    assert set(meanings(packaged, "项目名称")) == {"field"}
    assert set(meanings(knowledge, "项目名称")) == {"ignored"}
    assert len(knowledge.labels) == len(packaged.labels) + 1
    assert knowledge.patterns == (knowledge.patterns[0], *packaged.patterns)
    assert len(knowledge.layouts) == len(packaged.layouts)
    assert (knowledge.layouts[0].id, knowledge.layouts[0].titles) == ("chongqing-department", ("本地任务书",))
    assert len(knowledge.others) == len(packaged.others)
    assert knowledge.announcements[1:] == packaged.announcements
    assert knowledge.taxonomy.level1 == {**packaged.taxonomy.level1, "成果": "output"}
    assert knowledge.taxonomy.level2["多少"] == knowledge.taxonomy.level2["数量"] == "quantity"
    assert knowledge.taxonomy.parents == packaged.taxonomy.parents

    budget = load_budget_knowledge(own=own)
    kind, other = budget.kind_of("部门进账一览表"), budget.kind_of("部门收支总表")
    assert kind is not None
    assert other is not None
    assert (kind.id, other.id) == ("income", "income_expenditure")
    assert budget.rows.of_which.search("内含工资")
    assert load_code_names(own=own).names["functional"]["201"] == ("一般公共服务支出", "一般事务")
    assert load_code_names(own=own).names["functional"]["29901"] == ("新科目",)
    assert load_regions(own=own).names["990001"] == "云溪县"
    assert load_places(own=own) is not load_places(own=NONE)
    assert load_naming(own=own).organ_short["图书局"] == "图书管理局"


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("label", LABEL, "own/label.toml: no file of this name is read; there are announcements.toml"),
        ("tables", "", "own/tables.toml: no file of this name is read"),
        ("labels", "[[lable]]", "own/labels.toml: lable is not known; there are ['label', 'task']"),
        (
            "labels",
            LABEL.replace("implementing_unit", "colour"),
            "own/labels.toml: label 1: field = 'colour' is",
        ),
        ("labels", "[[label", "own/labels.toml: cannot be read"),
        pytest.param("labels", f"a = {'9' * 5000}", "own/labels.toml: cannot be read", id="a number without end"),
        pytest.param("labels", f"a = {'[' * 5000}", "own/labels.toml: cannot be read", id="lists without end"),
        (
            "label_patterns",
            "[[pattern]]\nmatch = 'a{99999999999}'\nmeans = 'goal'",
            "own/label_patterns.toml: 'a{99999999999}' is no pattern: the repetition number is too large",
        ),
        ("layouts", '[[layout]]\nid = "mine"', "own/layouts.toml: layout 1: needs an id and a form_kind"),
        ("taxonomy", '[level1]\nresult = ["成果"]', "own/taxonomy.toml: level1.result is none of"),
        (
            "budget_tables",
            '[[fund]]\nmatch = "x"',
            "own/budget_tables.toml: fund 1: needs value and match",
        ),
        (
            "budget_tables",
            '[[kind]]\nid = "mine"\nmatch = "x"',
            "own/budget_tables.toml: kind 1: id = 'mine' is",
        ),
        ("budget_tables", '[title]\nfinal = "x"', "own/budget_tables.toml: title.final is not known; there are"),
        ("regions", '[regions]\n"99" = "云溪县"', "own/regions.toml: '99' is no code of six digits"),
        ("counties", '[counties]\n"130100" = "云溪区"', "own/counties.toml: counties.130100 = '云溪区' is not a list"),
        ("projects", "[organs]\nended = [3]", "own/projects.toml: organs.ended = [3] has entries of another kind"),
    ],
)
def test_a_wrong_entry_is_told_with_its_file(tmp_path: Path, name: str, text: str, told: str) -> None:
    with pytest.raises(KnowledgeError) as error:
        use_schemas(put(tmp_path / "own", **{name: text}))
    assert str(error.value).startswith(str(tmp_path))
    assert told in str(error.value)


def test_the_fingerprint_follows_the_entries_and_not_the_folder(tmp_path: Path) -> None:
    one, same = put(tmp_path / "a", labels=LABEL), put(tmp_path / "b", labels=LABEL)
    more = put(tmp_path / "c", labels=LABEL, projects="")
    prints = [run_fingerprint("mupdf", "off", read_own_schemas(folder)) for folder in (None, one, same, more)]
    assert prints[0] == run_fingerprint("mupdf", "off")
    assert prints[1] == prints[2]
    assert len(set(prints)) == 3
    os.utime(one / "labels.toml", (0, 0))
    assert run_fingerprint("mupdf", "off", read_own_schemas(one)) == prints[1]


def test_an_empty_variable_is_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell sets a variable to nothing to get rid of it; the folder would be the working directory."""
    monkeypatch.setenv("BUDGET_FORMS_SCHEMAS", "")
    assert Settings().schemas is None
    assert "schemas" not in Settings().model_fields_set
