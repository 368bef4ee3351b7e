"""The worked example of docs/budget-tables.md: its findings are as shown, and its entries make the document perfect."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

import pipeline
import schemas
from pipeline.dictionaries import load_budget_knowledge
from pipeline.run.read_document import read_document
from pipeline.settings import Settings
from tests.budget_documents import EXPENDITURE, INCOME, changed, put_budget
from tests.shared import ROOT, command_here, ingest_here

TEXT = (ROOT / "docs/budget-tables.md").read_text(encoding="utf-8")
[SQL] = re.findall(r"^```sql\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
HEADING, KIND = re.findall(r"^```toml\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tables = (("收入预算总表", changed(INCOME, "事业收入", "自谋款项")), ("政府引导资金安排表", EXPENDITURE))
    return put_budget(tmp_path_factory.mktemp("example") / "example.pdf", tables)


def test_what_is_missing_is_as_shown(example: Path) -> None:
    printed = command_here("extract", example).stdout.splitlines()
    [shown] = re.findall(r"^```\n(budget tables\n.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
    assert [line for line in shown.splitlines() if line not in printed] == []


def test_two_entries_make_heading_and_title_known(
    example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert schemas.__file__ is not None
    folder = Path(shutil.copytree(Path(schemas.__file__).parent, tmp_path / "schemas"))
    dictionary = folder / "budget_tables.toml"
    text = dictionary.read_text(encoding="utf-8")
    value = re.escape(HEADING.splitlines()[1])
    text, count = re.subn(rf"^\[\[fund\]\]\n{value}\nmatch = .*\n", lambda _: HEADING, text, flags=re.MULTILINE)
    assert count == 1
    dictionary.write_text(text.replace("[[kind]]", f"{KIND}\n[[kind]]", 1), encoding="utf-8")
    knowledge = load_budget_knowledge(folder)
    for module in ("assemble", "table_readings"):
        monkeypatch.setattr(f"pipeline.document.{module}.load_budget_knowledge", lambda: knowledge)
    result = read_document(example)
    assert not result.tables["findings"]
    assert [table["kind"] for table in result.tables["budget_tables"]] == ["income", "special_funds"]
    assert {line["fund"] for line in result.tables["budget_lines"] if line["heading"] == "自谋款项"} == {"unit_funds"}
    assert {line["fund"] for line in result.tables["budget_lines"] if line["kind"] == "special_funds"} == {"fiscal"}


def test_leaves_are_added_as_the_page_says(tmp_path: Path) -> None:
    put_budget(tmp_path / "raw/budget.pdf")
    ingest_here(Settings(raw=tmp_path / "raw", out=tmp_path / "out"))
    with pipeline.open(tmp_path / "out") as data:
        found = {code: amount for code, _, amount in data.sql(SQL).fetchall()}
    assert found == {"2050101": 5_000_000, "2050102": 2_000_000, "2101101": 3_000_000}
