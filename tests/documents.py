"""What the tests of the core share: a form and a list to vary, drawn as PDFs and read back."""

import hashlib
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pymupdf
import pytest

from pipeline.document.assemble import assemble
from pipeline.document.result import DocumentResult, Row
from pipeline.pages.model import DocumentInfo, DocumentPages, Page
from pipeline.pages.readers import load_reader
from pipeline.run.read_document import read_document
from pipeline.tables.cells import page_grid
from pipeline.tables.model import PageGrid
from tests.english import english_in, words_in
from tests.generator.borders import Borders
from tests.generator.cutting import CutText, cut_table
from tests.generator.drawing import DrawnCell, DrawnPage, DrawnTable, DrawnText, Producer, draw, ruled_table
from tests.generator.forms import FormContent, FormLayout, lay_out, wrap
from tests.generator.printing import printed_page, printed_pages

SAMPLE = Path(__file__).parents[1] / "data/raw/shanghai-chongming/chongming-union-2023.pdf"
SAMPLE_READERS = ("mupdf", pytest.param("pdfplumber", marks=pytest.mark.slow))
"""Readers of its ten pages; the second one takes half a second for them."""

FORM = FormContent(
    title="财政项目支出绩效目标申报表",
    header=(
        ("项目名称", "老年人助餐服务", "项目类别", "经常性项目"),
        ("主管部门", "崇明区民政局", "实施单位", "崇明区养老服务中心"),
        ("计划开始日期", "2023-01-01", "计划完成日期", "2023-12-31"),
    ),
    funds=(
        ("项目资金总额", "800,000", "年度资金申请总额", "800,000"),
        ("其中：财政资金", "750,000", "其中：当年财政拨款", "700,000"),
        (None, None, "上年结转资金", "50,000"),
        ("其他资金", "50,000", "其他资金", "50,000"),
    ),
    goals=("让老年人在家门口吃上热饭，形成覆盖全区的助餐网络。", "全年为1000名老年人提供助餐服务，服务点不少于12个。"),
    rows=(
        ("产出指标", "数量指标", "助餐人数", ">=1000人"),
        ("产出指标", "数量指标", "助餐点个数", "=12个"),
        ("产出指标", "质量指标", "食品安全合格率", "=100%"),
        ("产出指标", "时效指标", "送餐及时性", "及时"),
        ("效益指标", "社会效益指标", "减轻家庭照护负担", "有所减轻"),
        ("效益指标", "可持续影响指标", "长效管理机制健全性和执行有效性", "健全和有效"),
        ("满意度指标", "服务对象满意度指标", "老年人满意度", ">=95%"),
    ),
)

SCORED = replace(
    FORM,
    title="项目支出绩效自评表",
    columns=("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分"),
    rows=(
        ("产出指标", "数量指标", "人数", "≥900人", "950人", "50", "50"),
        ("产出指标", "质量指标", "合格率", "=100%", "100%", "30", "30"),
        ("满意度指标", "服务对象满意度指标", "满意度", "≥95%", "96%", "20", "19.5"),
    ),
)

LIST_COLUMNS = {
    "项目名称": 110,
    "项目总额": 60,
    "其中：财政资金": 60,
    "其他资金": 60,
    "绩效目标": 140,
    "一级指标": 60,
    "二级指标": 80,
    "三级指标": 120,
    "绩效指标性质": 60,
    "本年绩效指标值": 70,
    "绩效度量单位": 60,
}


@dataclass(frozen=True, slots=True)
class Project:
    """A row group of a list; each of `rows` is level 1, level 2, level 3, operator, value, unit."""

    name: str
    goal: str
    rows: tuple[tuple[str, str, str, str, str, str], ...]
    amounts: tuple[str, str, str] = ("12.500000", "12.500000", "0.000000")


JOURNAL = Project(
    "11000022T000000460216-《北京审计》杂志办刊经费",
    "按时出版杂志，扩大审计工作的影响。",
    (
        ("产出指标", "数量指标", "出版期数", "＝", "12", "期"),
        ("产出指标", "质量指标", "差错率", "≤", "1", "‰"),
        ("效益指标", "社会效益指标", "扩大影响", "定性", "优良中低差", ""),
        ("满意度指标", "服务对象满意度指标", "读者满意度", "≥", "95", "%"),
    ),
)
SYSTEM = Project(
    "11000022T000000460217-信息系统运维",
    "保证系统稳定运行。",
    (
        ("产出指标", "数量指标", "运维系统个数", "＝", "3", "个"),
        ("产出指标", "时效指标", "故障响应时间", "≤", "2", "小时"),
        ("满意度指标", "服务对象满意度指标", "使用者满意度", "≥", "90", "%"),
    ),
    ("3.600000", "3.000000", "0.600000"),
)


def painted(operators: str, pages: int = 1) -> bytes:
    """Pages of 200 by 200 points with these operators as their content; they have the font /helv."""
    with pymupdf.open() as document:
        for _ in range(pages):
            page = document.new_page(width=200, height=200)
            page.insert_font(fontname="helv")
            content = document.get_new_xref()
            document.update_object(content, "<<>>")
            document.update_stream(content, operators.encode())
            page.set_contents(content)
        pdf: bytes = document.tobytes()
    return pdf


@contextmanager
def stored(pdf: bytes) -> Iterator[Path]:
    """The bytes as a file, for as long as the context lasts."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "document.pdf"
        path.write_bytes(pdf)
        yield path


def extract(
    pages: Sequence[DrawnPage], producer: Producer | Borders = Producer.LINES, reader: str | None = None
) -> DocumentResult:
    """The rows of drawn pages: assembled from their words, or, where a reader is named, read from a PDF of them."""
    if reader is None:
        assert isinstance(producer, Producer), "other borders are drawn in a PDF only; name the reader"
        return assemble(printed_document(pages, producer))
    with stored(draw(pages, producer)) as path:
        return read_document(path, reader)


def printed_document(pages: Sequence[DrawnPage], producer: Producer = Producer.LINES) -> DocumentPages:
    """Drawn pages as a document that has been read; documents of different pages have different ids."""
    content = repr((pages, producer)).encode()
    info = DocumentInfo(len(pages), producer.value)
    digest = hashlib.sha256(content).hexdigest()
    return DocumentPages(digest, len(content), info, "printed", printed_pages(pages, producer))


def extract_form(form: FormContent, layout: FormLayout | None = None, reader: str | None = None) -> DocumentResult:
    """The rows of one form; see `extract`."""
    return extract(lay_out(form, layout), reader=reader)


def read_pages(
    pages: Sequence[DrawnPage], producer: Producer | Borders = Producer.LINES, reader: str = "mupdf"
) -> list[Page]:
    """What a reader finds on the pages of a PDF of drawn pages."""
    with stored(draw(pages, producer)) as path, load_reader(reader).open(path) as document:
        return [document.page(number) for number in range(1, document.info.page_count + 1)]


def read_grid(page: DrawnPage, producer: Producer | Borders = Producer.LINES, reader: str | None = None) -> PageGrid:
    """The tables and lines of a drawn page, from its words or, where a reader is named, from a PDF of it."""
    if reader is None:
        assert isinstance(producer, Producer), "other borders are drawn in a PDF only; name the reader"
        return page_grid(printed_page(page, producer=producer))
    (read,) = read_pages([page], producer, reader)
    return page_grid(read)


def rows_of(extraction: DocumentResult, table: str, form_no: int = 1) -> list[Row]:
    """The rows of one form in a table."""
    form_id = extraction.tables["forms"][form_no - 1]["form_id"]
    return [row for row in extraction.tables[table] if row["form_id"] == form_id]


def indicators(extraction: DocumentResult, form_no: int = 1) -> list[tuple[object, ...]]:
    """Level 1, level 2, level 3 and target of a form's indicators."""
    names = ("level1", "level2", "level3", "target")
    return [tuple(row[name] for name in names) for row in rows_of(extraction, "indicators", form_no)]


def column(extraction: DocumentResult, table: str, name: str) -> list[object]:
    """One column of a table."""
    return [row[name] for row in extraction.tables.get(table, [])]


def others(extraction: DocumentResult) -> set[tuple[object, object]]:
    """Labels and texts of values that have no column."""
    return {(row["label"], row["text"]) for row in extraction.tables["other_values"]}


def finding(extraction: DocumentResult, rule: str) -> Row:
    """The only finding of a rule."""
    (found,) = (row for row in extraction.tables["findings"] if row["rule"] == rule)
    chinese = str(found["message_zh"])
    assert re.search("[\u4e00-\u9fff]", chinese) and not [*english_in(chinese), *words_in(chinese)], chinese
    return found


def on_one_page(*parts: DrawnTable | DrawnText | float, width: float = 595, height: float = 842) -> DrawnPage:
    """Tables, texts and gaps (points) below each other on one page."""
    tables: list[DrawnTable] = []
    texts: list[DrawnText] = []
    y = 60.0
    for part in parts:
        if isinstance(part, DrawnTable):
            tables.append(replace(part, y=y))
            y = tables[-1].rows[-1]
        elif isinstance(part, DrawnText):
            texts.append(replace(part, y=y))
            y += 2 * part.font_size
        else:
            y += part
    return DrawnPage(width, height, tuple(texts), tuple(tables))


def table_of(form: FormContent, layout: FormLayout | None = None) -> DrawnTable:
    """The table of a form that fits on one page, without its title and year."""
    (page,) = lay_out(form, layout)
    return page.tables[0]


def with_rows_on_top(table: DrawnTable, *texts: str) -> DrawnTable:
    """The table with full-width rows above it, as templates print their title and year."""
    full = tuple(DrawnCell(row, 0, column_span=len(table.column_widths), text=text) for row, text in enumerate(texts))
    moved = tuple(replace(cell, row=cell.row + len(texts)) for cell in table.cells)
    return replace(table, row_heights=(20,) * len(texts) + table.row_heights, cells=full + moved)


def list_pages(
    projects: Sequence[Project],
    breaks: Sequence[int] = (),
    cut_text: CutText = CutText.FIRST,
    head_on_every_page: bool = True,
    lines: Sequence[str] = ("项目支出绩效目标表", "（2023年度）", "单位：万元"),
) -> list[DrawnPage]:
    """A list of projects over pages, broken before the given indicator rows (from 0 over all projects)."""
    widths = tuple(LIST_COLUMNS.values())
    head = ruled_table([tuple(LIST_COLUMNS)], widths)
    body = ruled_table([row for project in projects for row in _list_rows(project)], widths, row_height=30)
    texts = [DrawnText(40, 0, line) for line in lines]
    parts = cut_table(body, breaks, cut_text, next_y=0)
    on_top: list[list[DrawnText | DrawnTable]] = [[*texts, head]]
    on_top += [[head] if head_on_every_page else [] for _ in breaks]
    return [on_one_page(*above, part, width=960, height=700) for above, part in zip(on_top, parts, strict=True)]


def _list_rows(project: Project) -> Iterator[tuple[str | None, ...]]:
    """The rows of a project's group; None goes on with the cell above."""
    group = (wrap(project.name, 11), *project.amounts, wrap(project.goal, 14))
    before: tuple[str, ...] = ()
    for row in project.rows:
        levels = (None if before[: n + 1] == row[: n + 1] else row[n] for n in range(2))
        yield (*(group if not before else (None,) * len(group)), *levels, wrap(row[2], 12), *row[3:])
        before = row
