"""Documents that are published, and again with other values: what the tests of outputs compare."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipeline.outputs.changes.model import ChangeReport
from pipeline.run.summary import Summary
from pipeline.settings import Settings
from tests.documents import FORM
from tests.generator.drawing import Producer, draw
from tests.generator.forms import FormContent, lay_out
from tests.shared import ingest_here

LIBRARY = replace(FORM, header=(("项目名称", "社区图书角", *FORM.header[0][2:]), *FORM.header[1:]))
DEARER = replace(
    FORM,
    funds=(
        ("项目资金总额", "900,000", "年度资金申请总额", "900,000"),
        ("其中：财政资金", "850,000", "其中：当年财政拨款", "800,000"),
        *FORM.funds[2:],
    ),
    rows=(
        ("产出指标", "数量指标", "助餐人数", ">=1200人"),
        *FORM.rows[1:6],
        ("满意度指标", "服务对象满意度指标", "家属满意度", ">=85%"),
    ),
)


def put(raw: Path, name: str, *forms: FormContent) -> None:
    raw.mkdir(parents=True, exist_ok=True)
    (raw / name).write_bytes(draw([page for form in forms for page in lay_out(form)], Producer.LINES))


def run(folder: Path, **settings: object) -> Summary:
    return ingest_here(Settings(raw=folder / "raw", out=folder / "out", **settings))  # type: ignore[arg-type]


def changes(folder: Path, **settings: object) -> ChangeReport:
    report = run(folder, **settings).changes
    assert report
    return report


def republish(folder: Path) -> None:
    """A document that is replaced, one that is new, and one that is not a PDF."""
    put(folder / "raw", "a.pdf", FORM, LIBRARY)
    put(folder / "raw", "same.pdf", replace(LIBRARY, title="项目支出绩效目标申报表"))
    run(folder)
    put(folder / "raw", "a.pdf", LIBRARY, DEARER)
    put(folder / "raw", "new.pdf", replace(LIBRARY, title="项目绩效目标表"))
    (folder / "raw" / "page.pdf").write_text("<!DOCTYPE html><html><body>404</body></html>")
