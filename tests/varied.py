"""A dataset with something of everything that people are shown: forms, tables, tasks, findings, failures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipeline.settings import Settings
from tests.correcting_tables import EXPENDITURE, changed, expenditure_pages, income_page
from tests.documents import FORM, SAMPLE
from tests.generator.drawing import Producer, draw
from tests.generator.forms import lay_out
from tests.generator.trait_forms import department_form
from tests.shared import ingest_here

_WRONG = replace(
    FORM,
    funds=(("项目资金总额", "900,000", "年度资金申请总额", "800,000"), *FORM.funds[1:]),
    rows=(*FORM.rows, ("产出指标", "社会效益指标", "入户率（每户", "XX"), ("产出指标", "质量指标", "及格率", "292%")),
)


def ingest_varied(folder: Path) -> Settings:
    """Reads the dataset into a folder."""
    settings = Settings(raw=folder / "raw", out=folder / "out", corrections=folder / "corrections", verify="off")
    settings.raw.mkdir()
    wrong = changed(EXPENDITURE, {(1, 2): "951.00", (3, 1): ""})
    for name, pages in {
        "绩效表.pdf": lay_out(_WRONG),
        "预算表.pdf": [income_page(), *expenditure_pages(wrong, unit="", cut=5)],
        "部门整体.pdf": [department_form().page("部门整体支出绩效目标表")],
    }.items():
        (settings.raw / name).write_bytes(draw(pages, Producer.LINES))
    (settings.raw / "网页.pdf").write_text("<!DOCTYPE html><html><body>404</body></html>")
    (settings.raw / "残缺.pdf").write_bytes(SAMPLE.read_bytes()[:2000])
    ingest_here(settings)
    return settings
