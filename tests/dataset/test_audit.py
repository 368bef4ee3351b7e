"""Every character in the grids of forms reaches a value, a label or a finding; documents lie beside the checkout."""

from pathlib import Path

import pytest

from benchmarks.audit import audit
from pipeline.run.read_document import read_document
from tests.documents import FORM, JOURNAL, SYSTEM, finding, list_pages, on_one_page, stored
from tests.generator.drawing import DrawnPage, DrawnText, Producer, draw, ruled_table
from tests.generator.forms import lay_out

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
SAMPLES = ("changsha/education-*", "guangzhou/petitions-*", "xian/audit-*", "xian/housing-*", "yantai/petitions-*")
MOST = 0.001  # share of characters that may be lost


@pytest.mark.parametrize("pages", [lay_out(FORM), list_pages((JOURNAL, SYSTEM), (2,))], ids=["form", "list"])
def test_nothing_is_lost_of_what_is_drawn(pages: list[DrawnPage]) -> None:
    with stored(draw(pages, Producer.LINES)) as path:
        found = audit(path)
    assert found.losses == ()
    drawn = {cell.text for page in pages for table in page.tables for cell in table.cells}
    assert found.characters >= sum(len("".join(text.split())) for text in drawn)


def test_column_without_a_known_heading_is_named() -> None:
    heads = ("编办意见", "项目名称", "资金总额", "绩效目标")
    table = ruled_table((heads, ("另行报送", "助餐服务", "800", "吃上热饭")), (120, 120, 60, 150))
    with stored(draw([on_one_page(DrawnText(40, 0, "2024年项目支出绩效目标表"), table)], Producer.LINES)) as path:
        assert audit(path).losses == ()
        assert "另行报送" in str(finding(read_document(path), "form.unread_text")["message"])


@pytest.mark.skipif(not CORPUS.is_dir(), reason="no documents beside the checkout")
@pytest.mark.slow
@pytest.mark.parametrize("sample", SAMPLES)
def test_hardly_anything_is_lost_of_published_forms(sample: str) -> None:
    for path in CORPUS.glob(sample):
        found = audit(path)
        assert found.lost <= MOST * found.characters, found.losses
