"""The second sample: nine budget tables of a made-up organ, and the form of one of its projects.

`python -m tests.generator.sample DEST` writes it. The tables follow a published set; all names and amounts are made up.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.generator.budget import BudgetSet
from tests.generator.budget_amounts import ORGAN, made_up
from tests.generator.budget_sheets import Style
from tests.generator.drawing import DrawnPage, DrawnText, Producer, draw
from tests.generator.forms import FormContent, FormLayout, lay_out

SEED = 10
STYLE = Style(general=True, codes="one", total="merged", rows_a_page=18)
FRONT = ("青川市2026年部门预算", ORGAN, "二〇二六年二月")


def render_sample() -> bytes:
    """The PDF: a cover, nine tables, a form."""
    budget = BudgetSet(made_up(SEED), STYLE)
    cover = DrawnPage(texts=tuple(DrawnText(297, 250 + 60 * n, text, "centre", 20) for n, text in enumerate(FRONT)))
    return draw([cover, *budget.pages(), *lay_out(_form(budget), FormLayout())], Producer.LINES)


def _form(budget: BudgetSet) -> FormContent:
    name, amount = next(iter(budget.budget.projects.items()))
    yuan = f"{budget.yuan(amount):,.0f}"
    return FormContent(
        title="财政项目支出绩效目标申报表",
        year="（2026年度）",
        header=(
            ("项目名称", name, "项目类别", "经常性项目"),
            ("主管部门", "青川市住房和城乡建设局", "实施单位", ORGAN),
            ("计划开始日期", "2026-01-01", "计划完成日期", "2026-12-31"),
        ),
        funds=(
            ("项目资金总额", yuan, "年度资金申请总额", yuan),
            ("其中：财政资金", yuan, "其中：当年财政拨款", yuan),
            (None, None, "上年结转资金", "0"),
            ("其他资金", "0", "其他资金", "0"),
        ),
        goals=("保持城区绿化完好，市民出门见绿。", "全年养护城区绿地三百万平方米，绿地完好率不低于百分之九十五。"),
        rows=(
            ("产出指标", "数量指标", "养护绿地面积", ">=300万平方米"),
            ("产出指标", "质量指标", "绿地完好率", ">=95%"),
            ("产出指标", "时效指标", "养护完成及时率", "=100%"),
            ("效益指标", "生态效益指标", "改善城区空气质量", "有所改善"),
            ("满意度指标", "服务对象满意度指标", "市民满意度", ">=90%"),
        ),
    )


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(render_sample())
