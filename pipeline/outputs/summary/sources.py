"""The sources of a dataset report: joined tables, and the columns in which their rows are shown."""

from __future__ import annotations

from dataclasses import replace

from pipeline.outputs.query.ready import definition
from pipeline.outputs.summary.aggregate import Source, SqlColumn, coded
from pipeline.outputs.summary.model import Kind

DOCUMENT = SqlColumn("document", "文件", "d.source_path")
PLACE = SqlColumn("place", "行政区划", "d.region_name")
PUBLISHER = SqlColumn("publisher", "公开单位", "d.publisher")
FORM_KIND = coded("form_kind", "绩效表类型", "f.form_kind", "forms.form_kind")
LAYOUT = SqlColumn("layout", "版式", "f.layout")
PAGE = SqlColumn("page", "页码", "f.page_first", Kind.PLAIN)
PROJECT = SqlColumn("project", "项目名称", "f.project_name")
FORM_YEAR = SqlColumn("fiscal_year", "预算年度", "f.fiscal_year", Kind.PLAIN)
ADDRESS = SqlColumn("address", "来源网址", "d.source_url", Kind.LINK)


def _page_address(page: str) -> SqlColumn:
    return SqlColumn("address", "来源网址", f"d.source_url || '#page=' || {page}", Kind.LINK)


DOCUMENTS = Source(
    "documents AS d",
    "d.fiscal_year",
    (
        DOCUMENT,
        PLACE,
        PUBLISHER,
        SqlColumn("fiscal_year", "预算年度", "d.fiscal_year", Kind.PLAIN),
        coded("document_kind", "文件类型", "d.document_kind", "documents.document_kind"),
        coded("status", "读取状态", "d.status", "documents.status"),
        SqlColumn("pages", "页数", "d.page_count", Kind.COUNT),
        SqlColumn("forms", "绩效表数", "d.form_count", Kind.COUNT),
        SqlColumn("error_code", "错误代码", "d.error_code"),
        ADDRESS,
    ),
    "d.source_path, d.document_id",
    definition("current_document"),
)

_FORMS = "forms AS f JOIN documents AS d USING (document_id)"
_OF_FORMS = "JOIN forms AS f USING (form_id) JOIN documents AS d USING (document_id)"

FORMS = Source(
    _FORMS,
    "f.fiscal_year",
    (
        DOCUMENT,
        PAGE,
        FORM_KIND,
        LAYOUT,
        PROJECT,
        SqlColumn("department", "主管部门", "f.department"),
        SqlColumn("annual_total", "年度资金总额", "f.annual_total", Kind.YUAN),
        SqlColumn("lifetime_total", "实施期资金总额", "f.lifetime_total", Kind.YUAN),
        SqlColumn("findings", "问题数", "f.error_count + f.warning_count", Kind.COUNT),
        _page_address("f.page_first"),
    ),
    "d.source_path, f.form_id",
)

FORMS_WITH_INDICATORS = Source(
    f"{_FORMS} JOIN {definition('levels_of_forms')} AS q USING (form_id)",
    FORMS.year,
    FORMS.columns,
    FORMS.order,
    definition("counted_form"),
)

TASKS = Source(
    f"tasks AS t {_OF_FORMS}",
    "f.fiscal_year",
    (
        DOCUMENT,
        SqlColumn("page", "页码", "t.page", Kind.PLAIN),
        SqlColumn("department", "主管部门", "f.department"),
        SqlColumn("name", "任务名称", "t.name"),
        SqlColumn("content", "主要内容", "t.content"),
        SqlColumn("amount", "预算金额", "t.amount_total", Kind.YUAN),
        _page_address("t.page"),
    ),
    "d.source_path, t.form_id, t.task_no",
)

OTHER_VALUES = Source(
    f"other_values AS o {_OF_FORMS}",
    "f.fiscal_year",
    (
        DOCUMENT,
        SqlColumn("page", "页码", "o.page", Kind.PLAIN),
        PROJECT,
        SqlColumn("label", "名称", "o.label"),
        SqlColumn("text", "内容", "o.text"),
        _page_address("o.page"),
    ),
    "d.source_path, o.form_id, o.value_no",
)

INDICATORS = Source(
    f"indicators AS i {_OF_FORMS}",
    "f.fiscal_year",
    (
        DOCUMENT,
        SqlColumn("page", "页码", "i.page", Kind.PLAIN),
        PROJECT,
        SqlColumn("level1", "一级指标", "i.level1"),
        SqlColumn("level2", "二级指标", "i.level2"),
        SqlColumn("level3", "三级指标", "i.level3"),
        SqlColumn("target", "指标值", "i.target"),
        coded("target_kind", "指标值类型", "i.target_kind", "indicators.target_kind"),
        _page_address("i.page"),
    ),
    "d.source_path, i.form_id, i.indicator_no",
    definition("counted_form"),
)

TARGETS = replace(INDICATORS, where=definition("target_form"))
"""Indicators of forms that set targets."""

TARGETS_OF_PROJECTS = replace(INDICATORS, where=f"{definition('project_target_form')} AND i.level3 IS NOT NULL")

FINDINGS = Source(
    "findings AS x JOIN documents AS d USING (document_id) LEFT JOIN forms AS f ON f.form_id = x.form_id",
    "x.fiscal_year",
    (
        DOCUMENT,
        SqlColumn("page", "页码", "x.page", Kind.PLAIN),
        PROJECT,
        coded("severity", "级别", "x.severity", "findings.severity"),
        SqlColumn("rule", "规则", "x.rule"),
        SqlColumn("message", "说明", "x.message", sql_zh="coalesce(x.message_zh, x.message)"),
        _page_address("x.page"),
    ),
    "d.source_path, x.document_id, x.finding_no",
)

TABLE_KIND = coded("kind", "预算表类型", "t.kind", "budget_tables.kind")
STAGE = coded("stage", "阶段", "t.stage", "budget_tables.stage")

BUDGET_TABLES = Source(
    "budget_tables AS t JOIN documents AS d USING (document_id)",
    "t.fiscal_year",
    (
        DOCUMENT,
        SqlColumn("page", "页码", "t.page_first", Kind.PLAIN),
        TABLE_KIND,
        STAGE,
        SqlColumn("title", "表题", "t.title"),
        SqlColumn("amount_unit", "金额单位", "t.amount_unit"),
        SqlColumn("numbers", "数字数", "t.line_count", Kind.COUNT),
        SqlColumn("findings", "问题数", "t.error_count + t.warning_count", Kind.COUNT),
        _page_address("t.page_first"),
    ),
    "d.source_path, t.table_id",
)

CHAIN = SqlColumn(
    "chain",
    "勾稽关系",
    definition("chain_state"),
    code_names={"closes": "一致", "breaks": "不一致", "incomplete": "不完整"},
)


def _mark(name: str, zh: str, number: int) -> SqlColumn:
    """A link of the chain of a document's totals."""
    sql = f"n.marks[{number}]"
    chinese = f"replace(replace(replace({sql}, 'differs by', '相差'), 'missing', '未印出'), 'ok', '一致')"
    return SqlColumn(name, zh, sql, sql_zh=chinese)


BALANCES = Source(
    f"{definition('balances')} AS n JOIN documents AS d USING (document_id)",
    "d.fiscal_year",
    (
        DOCUMENT,
        PUBLISHER,
        _mark("income_expenditure", "收入总计 = 支出总计", 1),
        _mark("income_table", "= 收入总表", 2),
        _mark("expenditure_table", "= 支出总表", 3),
        _mark("fiscal_sides", "财政拨款收 = 支", 4),
        _mark("fiscal_parts", "= 一般公共 + 基金 + 国资", 5),
        _mark("basic", "基本支出：功能 = 经济", 6),
        ADDRESS,
    ),
    "d.source_path, n.document_id, n.stage",
)

PROJECTS = Source(
    definition("projects"),
    "p.fiscal_year",
    (
        SqlColumn("project", "项目名称", "p.project_name"),
        SqlColumn("organ", "单位", "p.organ"),
        PLACE,
        SqlColumn("fiscal_year", "预算年度", "p.fiscal_year", Kind.PLAIN),
        SqlColumn("amount_asked", "申请金额", "p.amount_asked", Kind.YUAN),
        SqlColumn("amount_adjusted", "调整后预算", "p.amount_adjusted", Kind.YUAN),
        SqlColumn("amount_executed", "执行金额", "p.amount_executed", Kind.YUAN),
        SqlColumn("lifetime_total", "实施期资金总额", "p.lifetime_total", Kind.YUAN),
        SqlColumn("form_id", "绩效表", "p.form_ids[1]"),
    ),
    "p.project_key, p.fiscal_year",
)

ANNOUNCED = Source(
    definition("announced"),
    "d.fiscal_year",
    FORMS.columns,
    FORMS.order,
    definition("announcing"),
)
"""Documents that announce projects with targets, with the forms of projects that they hold."""

FORMS_OF_PROJECTS = Source(
    f"{_FORMS} JOIN projects AS p\n"
    "  ON p.project_key = f.project_key AND p.fiscal_year IS NOT DISTINCT FROM f.fiscal_year",
    FORMS.year,
    FORMS.columns,
    FORMS.order,
)
