"""What the label variants of forms all over the country mean, by meaning."""

import pytest

from pipeline.dictionaries import load_knowledge
from pipeline.forms.dictionary import meanings
from pipeline.forms.layouts import match_layout
from pipeline.forms.roles import Means
from pipeline.text import key

KNOWLEDGE = load_knowledge()

FIELDS = {
    "project_name": "项目名称 项目支出名称 专项资金名称 专项名称 单位(专项)名称",
    "project_code": "项目编码 项目代码",
    "project_category": "项目类别 项目类型 项目分类",
    "project_nature": "项目性质 项目属性",
    "department": "主管部门 主管部门及代码 主管部门名称 主管预算部门 业务主管部门 市级主管部门 县级主管部门 预算部门 "
    "预算主管部门 中央主管部门 部门名称",
    "department_code": "主管部门编码 主管部门代码",
    "implementing_unit": "实施单位 项目实施单位 项目单位 预算单位 填报单位 编制单位 资金使用单位",
    "start_date": "计划开始日期",
    "end_date": "计划完成日期",
    "period": "项目起止时间 起止时间 项目期 项目周期 建设周期 项目支出实施期",
}
FUNDS = {
    ("total", "lifetime"): "项目资金总额 中期资金总额 实施期资金总额 项目总预算 项目总额",
    ("total", "annual"): "年度资金申请总额 年度资金总额 当年年度预算 年度本级预算金额 年度金额",
    ("total", None): "资金总额 预算金额 总计 金额合计",
    ("fiscal", "annual"): "其中：当年财政拨款 本年财政拨款 当年财政资金",
    ("fiscal", None): "其中：财政资金 其中：财政拨款 一般公共预算拨款 政府性基金预算拨款 国有资本经营预算拨款 上级资金 "
    "本级财政 中央补助 其中：中央补助 地方资金",
    ("carryover", None): "上年结转资金 上年结转 上年结余收入 结转结余资金",
    ("self_raised", None): "自有资金 自筹资金 事业收入 经营性收入",
    ("special_account", None): "财政专户管理资金",
    ("other", None): "其他资金 其它资金 单位资金 非财政拨款 专项债券资金",
}
FUND_COLUMNS = {
    ("initial_budget", None): "年初预算数 年初预算数(A)",
    ("adjusted_budget", None): "全年预算数 全年预算数(A) 全年预算数（A） 调整后预算数 调整后预算数(A)",
    ("executed", None): "全年执行数 全年执行数(B) 预算执行数 预算执行数(B)",
    (None, "rate"): "执行率 执行率(B/A) 执行率（B/A） 预算执行率 预算执行率(B/A×100%)",
    (None, "weight"): "分值 权重",
    (None, "score"): "得分",
}
GOALS = {
    "lifetime": "项目总目标 项目总体目标(2024 年-2026 年) 总体目标 中期目标(2024年-2026年) 中期目标(20××年—20××+n年) "
    "实施期目标 实施期绩效目标 长期目标",
    "annual": "年度总目标 年度总体目标 年度目标 本年度绩效目标 当年绩效目标 项目年度绩效目标 "
    "年度主要目标和成果 预期目标",
}
BLOCKS = (
    "项目资金(元) 项目资金(万元) 项目资金申请(万元) 资金情况(万元) 资金金额 资金总额及构成 预算执行情况 年度绩效指标"
)
COLUMNS = {
    "level1": "一级指标",
    "level2": "二级指标",
    "level3": "三级指标 三级指标名称 指标名称 指标内容 具体指标",
    "target": "指标目标值 指标值 年度指标值 年度(/项目)指标值 目标值 年初目标值 指标值及单位 当年预期实现值 绩效标准",
    "operator": "指标性质 计算符号 运算符号",
    "unit": "计量单位 度量单位",
    "weight": "权重 分值 分值权重 分值权重(90) 分值权重（90分）",
    "actual": "实际完成值 全年实际完成值",
    "score": "得分",
    "deviation_reason": "偏差原因分析及改进措施 未完成原因和改进措施 原因",
    "remark": "备注",
    "ignored": "指标值内容 指标方向性 指标属性 绩效指标描述 指标解释 指标值确定依据 设定依据 评(扣)分标准 评分细则 "
    "复核完成值 复核得分 复核指标偏差",
}
NOT_CARRIED = "执行率分值(10) 执行率分值（10分） 评价结论 存在问题 改进措施 任务名称 主要内容 项目负责人 联系电话"
TITLES = {
    "project_target": "财政项目支出绩效目标申报表 项目支出绩效目标申报表 项目支出绩效目标表 项目绩效目标表 "
    "部门预算项目支出绩效目标表 财政支出绩效目标申报表 财政支出项目绩效目标申报表 "
    "鄂州市2022年市直项目支出绩效目标审批表 "
    "预算项目支出绩效目标申报表 绩效目标申报表(一级项目) 部门预算项目绩效目标表 项目支出绩效表 转移支付区域绩效目标表",
    "self_evaluation": "财政项目支出绩效自评表 项目支出绩效自评表 部门预算项目支出绩效自评表 某专项资金绩效目标自评表 "
    "项目绩效目标自评表 转移支付区域绩效自评表 转移支付项目绩效自评表 部门整体支出绩效自评表",
    "department_overall": "部门整体支出绩效目标申报表 部门(单位)整体支出绩效目标表 部门整体目标填报表 "
    "部门整体支出绩效目标表",
}


def variants(texts: str) -> list[str]:
    """Labels divided by single blanks; a blank inside of brackets belongs to its label."""
    labels: list[str] = []
    for part in texts.split(" "):
        if labels and labels[-1].count("(") > labels[-1].count(")"):
            labels[-1] += f" {part}"
        else:
            labels.append(part)
    return labels


CASES = [
    *((text, "field", {"field": name}) for name, texts in FIELDS.items() for text in variants(texts)),
    *((t, "fund", {"source": source, "scope": s}) for (source, s), texts in FUNDS.items() for t in variants(texts)),
    *((t, "fund_column", {"scope": s, "part": p}) for (s, p), texts in FUND_COLUMNS.items() for t in variants(texts)),
    *((text, "goal", {"scope": scope}) for scope, texts in GOALS.items() for text in variants(texts)),
    *((text, "block", {}) for text in variants(BLOCKS)),
    *((text, "column", {"column": role}) for role, texts in COLUMNS.items() for text in variants(texts)),
    *((text, "ignored", {}) for text in variants(NOT_CARRIED)),
]


@pytest.mark.parametrize(("text", "means", "expected"), CASES)
def test_label(text: str, means: Means, expected: dict[str, str | None]) -> None:
    label = meanings(KNOWLEDGE, text)[means]
    assert {name: getattr(label, name) for name in expected} == expected


@pytest.mark.parametrize(("title", "kind"), [(t, kind) for kind, texts in TITLES.items() for t in variants(texts)])
def test_title(title: str, kind: str) -> None:
    assert match_layout(KNOWLEDGE, key(title), set()).form_kind == kind
