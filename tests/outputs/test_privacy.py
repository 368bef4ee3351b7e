"""Planted persons: neither their names nor their numbers are in any file that a run, a report or an export writes."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipeline.settings import Settings
from tests.budget_documents import EXPENDITURE, budget_pages, changed
from tests.generator.drawing import DrawnText, Producer, draw
from tests.layouts import drawn, table
from tests.shared import command_here, ingest_here

FORM = """
    项目名称 | 社区食堂 | 项目责任人 | 欧阳春晓 | 手机 | 13800138000
    主管部门 | 民政局 | 负责人电话 | 139-1234-5678 | Contact | Zhang Wei
    实施单位 | 王家湾 | 分管处长 | 陈秋实 | 短号 | 136 7890 1234
    责任医师 | 刘夏至 | 专线 | 010-65123451 | 身份证件 | 11010519491231002X
    其他 | （021）65123452 | 备注 | 周冬雪 13700001111 | 座机 | 0571-87654321转801
    钱大妈 | 15900002222 | 说明 | 无 | 备用 | +86 18600003333
    项目资金（万元） | 年度资金总额 | < | 10.00 | < | <
    年度目标 | 全年助餐。联系人：吴清明，电话13500004444，孙谷雨（１３３００００５５５５）负责送餐。 | < | < | < | <
    一级指标 | 二级指标 | 三级指标 | 指标值 | 备注 | 说明
    产出指标 | 数量指标 | 助餐人数 | ≥100人 | 郑惊蛰：65123453 | 电话：65123454
    产出指标 | 质量指标 | 热线15000006666接通率 | ≥95% | 冯立秋 | 15100007777
"""
NUMBERS = (
    *("13800138000", "139-1234-5678", "136 7890 1234", "010-65123451", "11010519491231002X", "65123452"),
    *("13700001111", "87654321", "15900002222", "18600003333", "13500004444", "１３３００００５５５５"),
    *("65123454", "15000006666", "15100007777", "13100008888", "13200009999"),
)
NAMES = (
    *("欧阳春晓", "Zhang Wei", "陈秋实", "刘夏至", "周冬雪", "吴清明", "孙谷雨", "冯立秋", "蒋霜降"),
    *("许大寒",),
)
KEPT = ("社区食堂", "全年助餐", "助餐人数", "接通率", "民政局")
"""Texts beside planted ones that are no names."""


def files_of(folder: Path) -> Iterator[tuple[str, str]]:
    """The name and decoded content of all files that hold no regions and no pages."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_file() or "/.pages/" in f"/{name}" or "/regions/" in f"/{name}":
            continue
        if path.suffix == ".parquet":
            yield name, str(pq.ParquetFile(path).read().to_pylist())
        elif path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                yield from ((f"{name}:{part}", book.read(part).decode()) for part in book.namelist())
        elif path.suffix != ".pdf":
            yield name, path.read_text(encoding="utf-8", errors="replace")


def put_documents(raw: Path, first: str = "社区食堂") -> None:
    form = drawn("项目支出绩效目标表", table(FORM.replace("社区食堂", first)), (80, 90, 90, 90, 90, 90), "2026年度")
    raw.mkdir(exist_ok=True)
    (raw / "form.pdf").write_bytes(draw([form], Producer.LINES))
    rows = changed(EXPENDITURE, "行政运行", "蒋霜降13100008888")
    front, page = budget_pages([("支出预算总表", rows)])
    note = DrawnText(50, 480, "注：填表人：许大寒 电话：13200009999")
    (raw / "budget.pdf").write_bytes(draw([front, replace(page, texts=(*page.texts, note))], Producer.LINES))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All that two runs, a report and exports have written."""
    folder = tmp_path_factory.mktemp("planted")
    settings = Settings(raw=folder / "raw", out=folder / "out", corrections=folder / "none")
    for name in ("社区小食堂", "社区食堂"):  # the second run has changes to report
        put_documents(settings.raw, name)
        ingest_here(settings)
    where = ("--out", settings.out, "--raw", settings.raw)
    for args in (
        ("report", folder / "report.html", "--out", settings.out),
        ("export", folder / "book.xlsx", "--format", "xlsx", *where),
        ("export", folder / "csv", "--format", "csv", *where),
    ):
        done = command_here(*args)
        assert done.returncode == 0, done.stderr
    return folder


def test_no_planted_person_is_in_any_file(written: Path) -> None:
    files = dict(files_of(written))
    assert {name.split("/")[0].partition(":")[0] for name in files} == {"book.xlsx", "csv", "out", "report.html"}
    found = {(name, text) for name, content in files.items() for text in (*NUMBERS, *NAMES) if text in content}
    assert not found


def test_texts_that_are_no_persons_stay(written: Path) -> None:
    content = "".join(text for _, text in files_of(written))
    assert [text for text in KEPT if text not in content] == []


def test_regions_hold_the_text_as_printed(written: Path) -> None:
    parts = (written / "out/current/regions").rglob("*.parquet")
    content = "".join(str(pq.ParquetFile(part).read().to_pylist()) for part in parts)
    assert [text for text in (*NUMBERS, *NAMES) if text.replace(" ", "") not in content.replace(" ", "")] == []
