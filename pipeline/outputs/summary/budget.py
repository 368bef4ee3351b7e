"""The section of a dataset report about budget tables."""

from __future__ import annotations

from pipeline.messages import t
from pipeline.outputs.summary.aggregate import Aggregator, Measure, counted
from pipeline.outputs.summary.model import Kind, Section
from pipeline.outputs.summary.sources import BALANCES, BUDGET_TABLES, CHAIN, PLACE, STAGE, TABLE_KIND

N_TABLES = Measure("budget_tables", "预算表", "count(*)")
N_NUMBERS = Measure("numbers", "数字", "coalesce(sum(t.line_count), 0)")
N_WITH_TABLES = Measure("documents", "文件", "count(DISTINCT t.document_id)")
N_DOCUMENTS = Measure("documents", "文件", "count(*)")
PART = Measure("share", "占比", "100.0 * count(*) / nullif(sum(count(*)) OVER (), 0)", Kind.PERCENT)
TABLE_QUALITY = (
    counted("empty", "空表", "t.is_empty"),
    counted("with_errors", "有错误", "t.error_count > 0"),
    counted("with_warnings", "有警告", "t.warning_count > 0"),
)


def budget_tables(data: Aggregator) -> Section:
    """Budget tables by kind and place, and how many documents add up."""
    measures = (N_TABLES, N_WITH_TABLES, N_NUMBERS)
    by_kind = data.table(("By kind", "按类型"), BUDGET_TABLES, (TABLE_KIND, STAGE), (*measures, *TABLE_QUALITY))
    chart = data.chart(
        by_kind,
        ("Documents with a table of a kind", "有各类预算表的文件数"),
        ("documents",),
        named=1,
    )
    return Section(
        "budget-tables",
        "Budget tables",
        "预算表",
        t(
            "A budget table counts once over all its pages. The chain of a document closes when total income and total "
            "expenditure agree with each other and with the tables of income and of expenditure, and no other link is "
            "broken: fiscal income and spending, their parts by fund, basic spending by function and by economy. It "
            "is incomplete when one of these totals is not printed."
        ),
        (chart,) if chart else (),
        (
            by_kind,
            data.table(("By place", "按地区"), BUDGET_TABLES, (PLACE,), (*measures, *TABLE_QUALITY)),
            data.table(
                ("Whether documents add up", "勾稽关系"),
                BALANCES,
                (CHAIN,),
                (N_DOCUMENTS, PART),
            ),
        ),
    )
