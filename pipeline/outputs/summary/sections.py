"""The sections of a dataset report: figures, groups and explanations."""

from __future__ import annotations

from dataclasses import replace

from pipeline.messages import t
from pipeline.outputs.query.ready import definition
from pipeline.outputs.summary.aggregate import (
    Aggregator,
    Measure,
    SqlColumn,
    coded,
    counted,
    counted_codes,
    share,
    summed,
)
from pipeline.outputs.summary.budget import N_NUMBERS, N_TABLES, budget_tables
from pipeline.outputs.summary.charts import covered
from pipeline.outputs.summary.model import Chart, Figure, Kind, Section
from pipeline.outputs.summary.sources import (
    ANNOUNCED,
    BUDGET_TABLES,
    DOCUMENT,
    DOCUMENTS,
    FINDINGS,
    FORM_KIND,
    FORM_YEAR,
    FORMS,
    FORMS_OF_PROJECTS,
    FORMS_WITH_INDICATORS,
    INDICATORS,
    LAYOUT,
    OTHER_VALUES,
    PLACE,
    PROJECTS,
    PUBLISHER,
    TARGETS,
    TARGETS_OF_PROJECTS,
    TASKS,
)

N_DOCUMENTS = Measure("documents", "文件", "count(*)")
N_FORMS = Measure("forms", "绩效表", "count(*)")
N_PROJECTS = Measure("projects", "项目", "count(*)")
N_INDICATORS = Measure("indicators", "指标", "count(*)")
N_TASKS = Measure("tasks", "主要任务", "count(*)")
N_OTHER_VALUES = Measure("other_values", "其他内容", "count(*)")
N_FINDINGS = Measure("findings", "问题", "count(*)")

STATUS = counted_codes("d.status", "documents.status")
FORMS_OF_DOCUMENTS = replace(FORMS, year=DOCUMENTS.year, where=DOCUMENTS.where)
IN_DOCUMENTS = Measure("forms", "绩效表", "coalesce(sum(d.form_count), 0)", source=FORMS_OF_DOCUMENTS)
FORM_KINDS = counted_codes("f.form_kind", "forms.form_kind")
FORM_QUALITY = (
    counted("repeated", "重复", "f.duplicate_of IS NOT NULL"),
    counted("with_errors", "有错误", "f.error_count > 0"),
    counted("with_warnings", "有警告", "f.warning_count > 0"),
)
AMOUNTS = (
    summed("asked", "申请金额", "p.amount_asked"),
    summed("adjusted", "调整后预算", "p.amount_adjusted"),
    summed("executed", "执行金额", "p.amount_executed"),
)
LIFETIME = summed("lifetime", "实施期资金总额", "p.lifetime_total")

QUALITY = (
    N_INDICATORS,
    share("quantitative", "定量", definition("quantitative")),
    share("with_operator_and_unit", "有符号和单位", definition("with_operator_and_unit")),
    share("in_words", "定性", definition("in_words")),
    share("pure_verb", "纯动词", definition("pure_verb")),
    share("template_or_empty", "未填写", definition("not_filled_in")),
)
TARGET_KINDS = (
    counted("number", "数值", definition("quantitative")),
    counted("date", "日期", definition("date")),
    counted("words", "文字", definition("in_words")),
    counted("not_filled_in", "未填写", definition("not_filled_in")),
)
AMOUNT_BARS = 15
SEVERITIES = counted_codes("x.severity", "findings.severity")


def figures(data: Aggregator) -> tuple[Figure, ...]:
    """The numbers of the head."""
    return (
        data.figure(DOCUMENTS, N_DOCUMENTS),
        data.figure(FORMS, N_FORMS),
        data.figure(PROJECTS, N_PROJECTS),
        data.figure(INDICATORS, N_INDICATORS),
        data.figure(TASKS, N_TASKS),
        data.figure(OTHER_VALUES, N_OTHER_VALUES),
        data.figure(BUDGET_TABLES, N_TABLES),
        data.figure(BUDGET_TABLES, N_NUMBERS),
        *(data.figure(FINDINGS, severity) for severity in SEVERITIES),
    )


def sections(data: Aggregator) -> tuple[Section, ...]:
    """The sections in their order."""
    return (
        documents(data),
        budget_tables(data),
        forms(data),
        coverage(data),
        amounts(data),
        indicators(data),
        others(data),
        findings(data),
    )


def documents(data: Aggregator) -> Section:
    """Documents and their status."""
    measures = (N_DOCUMENTS, *STATUS, IN_DOCUMENTS)
    year = SqlColumn("fiscal_year", "预算年度", "d.fiscal_year", Kind.PLAIN)
    by_year = data.table(("By year", "按年度"), DOCUMENTS, (year,), measures, order="d.fiscal_year")
    by_place = data.table(("By place", "按地区"), DOCUMENTS, (PLACE,), measures)
    kind = coded("document_kind", "文件类型", "d.document_kind", "documents.document_kind")
    layer = coded("text_layer", "文本层", "d.text_layer", "documents.text_layer")
    error = SqlColumn("error_code", "错误代码", "d.error_code")
    return Section(
        "documents",
        "Documents",
        "文件",
        t(
            "One PDF is one document. ok: read whole; partial: some pages could not be read, mostly scans; failed: "
            "nothing was read. Many documents hold no form, and that is a result too. Replaced documents are not "
            "counted."
        ),
        _drawn(
            data.chart(
                by_place,
                ("Documents by place and status", "各地区文件及读取状态"),
                _names(STATUS),
            )
        ),
        (
            by_year,
            data.table(("By kind", "按类型"), DOCUMENTS, (kind,), measures),
            by_place,
            data.table(("By publisher", "按公开单位"), DOCUMENTS, (PUBLISHER,), measures),
            data.table(
                ("Not read whole", "未完整读取"),
                DOCUMENTS,
                (error, layer),
                (N_DOCUMENTS,),
                having="d.error_code IS NOT NULL",
                total=False,
            ),
        ),
    )


def forms(data: Aggregator) -> Section:
    """Forms by kind, year, layout and place."""
    by_year = data.table(("By year", "按年度"), FORMS, (FORM_YEAR,), (N_FORMS, *FORM_KINDS), order="f.fiscal_year")
    by_layout = data.table(("By layout", "按版式"), FORMS, (LAYOUT,), (N_FORMS, *FORM_KINDS, *FORM_QUALITY))
    return Section(
        "forms",
        "Forms",
        "绩效表",
        t(
            "A form is one project's targets, its self-evaluation, its description in prose, or the targets of a "
            "whole department. A repeated form stands elsewhere too: in the budget of the department and in that "
            "of the unit, or in two lists of one budget."
        ),
        _drawn(data.chart(by_layout, ("Forms by layout and kind", "各版式绩效表数"), _names(FORM_KINDS))),
        (
            data.table(("By kind", "按类型"), FORMS, (FORM_KIND,), (N_FORMS, *FORM_QUALITY)),
            by_year,
            by_layout,
            data.table(("By place", "按地区"), FORMS, (PLACE,), (N_FORMS, *FORM_KINDS)),
        ),
    )


def coverage(data: Aggregator) -> Section:
    """Announced projects compared with the forms found."""
    found = definition("found_projects")
    announced, has_form = "any_value(d.announced_project_count)", "f.form_id IS NOT NULL"
    measures = (
        Measure("announced", "公布的项目个数", announced, source=DOCUMENTS),
        Measure("found", "读到的项目", found, rows=has_form),
        Measure("missing", "缺少的项目", f"greatest({announced} - {found}, 0)", source=DOCUMENTS),
        Measure("covered", "覆盖率", f"100.0 * {found} / {announced}", Kind.PERCENT, has_form),
        Measure(
            "announced_amount", "公布的项目资金", "any_value(d.announced_project_amount)", Kind.YUAN, source=DOCUMENTS
        ),
        Measure(
            "amount_found",
            "读到的金额",
            definition("found_amount"),
            Kind.YUAN,
            "f.annual_total IS NOT NULL",
        ),
    )
    table = data.table(
        ("Announced and found, by document", "各文件公布数与读到数"),
        ANNOUNCED,
        (DOCUMENT, PLACE),
        measures,
        order="missing DESC",
        total=False,
        note=t("Of target forms, self-evaluations and narratives the kind with the most forms counts."),
    )
    return Section(
        "coverage",
        "Coverage",
        "覆盖率",
        t(
            "Budgets announce how many projects have targets and how much money they stand for. "
            "Forms that a document does not hold are often published elsewhere; the budgets of a department and of its "
            "own office announce the same projects twice."
        ),
        _drawn(
            data.chart(
                table,
                ("Announced projects with and without a form", "公布的项目：读到与缺少"),
                ("found", "missing"),
                named=1,
            )
        ),
        (table,),
    )


def amounts(data: Aggregator) -> Section:
    """Amounts asked for, adjusted and executed."""
    year = SqlColumn("fiscal_year", "预算年度", "p.fiscal_year", Kind.PLAIN)
    measures = (N_PROJECTS, counted("with_amount", "有申请金额", "p.amount_asked IS NOT NULL"), *AMOUNTS, LIFETIME)
    by_place = data.table(("By place and year", "按地区和年度"), PROJECTS, (PLACE, year), measures, order="asked DESC")
    project = (
        SqlColumn("project", "项目名称", "p.project_name"),
        SqlColumn("organ", "单位", "p.organ"),
        SqlColumn("fiscal_year", "预算年度", "p.fiscal_year", Kind.PLAIN),
        SqlColumn("project_key", "项目键", "p.project_key", Kind.PLAIN),
    )
    largest = (
        N_FORMS,
        Measure("asked", "申请金额", "any_value(p.amount_asked)", Kind.YUAN),
        Measure("change", "比上年增减", "any_value(p.amount_change)", Kind.YUAN),
    )
    chart = data.chart(
        by_place,
        ("Amount asked for by place and year, in yuan", "各地区申请金额"),
        ("asked",),
        AMOUNT_BARS,
    )
    return Section(
        "amounts",
        "Amounts",
        "资金",
        t(
            "In yuan, of projects as the table of projects joins them; forms that repeat another one count once. "
            "asked, adjusted and executed are amounts of the year. Amounts for a project's life (lifetime) stand "
            "in a column of their own and are never added to those of a year; where forms print nothing else, "
            "asked stays empty."
        ),
        _drawn(covered(chart, by_place, "with_amount", "projects", AMOUNT_BARS)),
        (
            data.table(("By year", "按年度"), PROJECTS, (year,), measures, order="p.fiscal_year"),
            by_place,
            data.table(
                ("Largest projects", "金额最大的项目"),
                FORMS_OF_PROJECTS,
                project,
                largest,
                total=False,
                order="asked DESC",
                having="asked IS NOT NULL",
            ),
        ),
    )


def indicators(data: Aggregator) -> Section:
    """Kinds and quality of targets."""
    level1 = coded("level1", "一级指标", "i.level1_code", "indicators.level1_code")
    by_level = data.table(
        ("Kinds of targets by level 1", "各一级指标的指标值类型"), TARGETS, (level1,), (N_INDICATORS, *TARGET_KINDS)
    )
    missing = (
        N_FORMS,
        counted("no_satisfaction", "无满意度指标", "NOT q.satisfaction"),
        counted("no_cost", "无成本指标", "NOT q.cost"),
        counted("no_number", "无定量指标", "NOT q.quantitative"),
    )
    keyed = "f.project_key IS NOT NULL"
    said = (SqlColumn("level3", "三级指标", "i.level3"), SqlColumn("target", "指标值", "i.target"))
    boiler_plate = (
        Measure(
            "projects",
            "项目",
            f"count(DISTINCT (d.document_id, f.project_key)) FILTER (WHERE {keyed})",
            rows=keyed,
        ),
        Measure("documents", "文件", "count(DISTINCT d.document_id)"),
    )
    return Section(
        "indicators",
        "Indicators",
        "指标质量",
        t(
            "A target in numbers can be checked, one in words hardly. A pure verb (enhance, keep improving) names a "
            "direction and no state to be reached. Targets are those of target forms; forms that repeat another one "
            "are left out."
        ),
        _drawn(
            data.chart(
                by_level,
                ("Kinds of targets by level 1", "各一级指标的指标值类型"),
                _names(TARGET_KINDS),
            )
        ),
        (
            by_level,
            data.table(("Quality by level 1", "按一级指标"), TARGETS, (level1,), QUALITY),
            data.table(("Quality by place", "按地区"), TARGETS, (PLACE,), QUALITY),
            data.table(("Forms without", "缺少指标的绩效表"), FORMS_WITH_INDICATORS, (FORM_KIND,), missing),
            data.table(
                ("Boiler plate", "雷同指标"),
                TARGETS_OF_PROJECTS,
                said,
                boiler_plate,
                total=False,
                having="projects > 1",
                note=t("The same indicator with the same target in several projects."),
            ),
        ),
    )


def others(data: Aggregator) -> Section:
    """Tasks of departments, and labels that no table has a column for."""
    label = SqlColumn("label", "名称", "o.label")
    n_forms = Measure("forms", "绩效表", "count(DISTINCT f.form_id)")
    return Section(
        "others",
        "Tasks and other values",
        "主要任务与其他内容",
        t("Main tasks that department-wide forms print, and every label with a value that has no column in a table."),
        (),
        (
            data.table(
                ("Tasks by publisher", "主要任务"),
                TASKS,
                (PUBLISHER,),
                (N_TASKS, n_forms, summed("amount", "预算金额", "t.amount_total")),
            ),
            data.table(("Other values by label", "其他内容"), OTHER_VALUES, (label,), (N_OTHER_VALUES, n_forms)),
        ),
    )


def findings(data: Aggregator) -> Section:
    """Findings by rule, place and publisher."""
    rule = SqlColumn("rule", "规则", "x.rule")
    measures = (N_FINDINGS, Measure("documents", "文件", "count(DISTINCT x.document_id)"))
    by_rule = data.table(
        ("By rule", "按规则"), FINDINGS, (rule, coded("severity", "级别", "x.severity", "findings.severity")), measures
    )
    shape = data.table(("By place", "按地区"), FINDINGS, (PLACE,), (N_FINDINGS, *SEVERITIES))
    return Section(
        "findings",
        "Findings",
        "问题",
        t(
            "error: a form contradicts itself or something was not read; warning: look at it; info: good to know. "
            "Values stay as printed."
        ),
        _drawn(data.chart(shape, ("Findings by place and severity", "各地区问题"), _names(SEVERITIES))),
        (
            by_rule,
            shape,
            data.table(("By publisher", "按公开单位"), FINDINGS, (PUBLISHER,), (N_FINDINGS, *SEVERITIES)),
        ),
    )


def _names(measures: tuple[Measure, ...]) -> tuple[str, ...]:
    return tuple(measure.name for measure in measures)


def _drawn(*charts: Chart | None) -> tuple[Chart, ...]:
    return tuple(chart for chart in charts if chart)
