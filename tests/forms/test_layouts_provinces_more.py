"""Forms of further provinces: check boxes, standards beside targets, indicator blocks below each other."""

from datetime import date

import pytest

from tests.documents import column, extract, on_one_page, others
from tests.generator.cutting import VISIBLE_CUTS, CutText, cut_table
from tests.generator.drawing import DrawnText
from tests.generator.spans import Row, merged_table
from tests.layouts import cells, funds, only_form, read, rules, yuan

HUBEI: tuple[Row, ...] = (
    ("项目名称", ..., "学生资助", "项目编码", "42000021T000000012345", ..., ...),
    ("项目主管部门", ..., "湖北省教育厅", "项目执行单位", "湖北工程学院", ..., ...),
    ("项目类别", ..., "1、部门预算项目√ 2、省直专项□ 3、省对下转移支付项目□", *[...] * 4),
    ("项目属性", ..., "持续性□ 新增性√", *[...] * 4),
    ("项目总预算（万元）", ..., "300", "当年预算（万元）", "100", ..., ...),
    ("长期绩效目标", ..., "不让一名学生因贫失学。", *[...] * 4),
    ("年度绩效目标", ..., "资助1000名学生。", *[...] * 4),
    ("年度绩效指标", "一级指标", "二级指标", "指标名称", "指标值", ..., "目标值确定依据"),
    (None, None, None, None, "上年", "预计当年实现", None),
    (None, "产出指标", "数量指标", "资助人数", "900人", "≥1000人", "学籍"),
    (None, None, "质量指标", "发放准确率", "99%", "100%", "台账"),
    (None, "满意度指标", "服务对象满意度指标", "学生满意度", "93%", "≥95%", "问卷"),
)
EZHOU: tuple[Row, ...] = (
    ("项目名称", "办公大楼运行保障", ..., "项目类别", "本级支出项目"),
    ("项目性质", "持续性项目", ..., "立项依据", "机关事务服务中心三定方案"),
    ("项目预算（万元）", "成本构成", "金额", "测算（公式）", "2021年实际执行数"),
    (None, "保安服务费", "191", "招标文件", "180"),
    (None, "保洁服务费", "99", "招标文件", "90"),
    (None, "合计", "290", "", "270"),
    ("绩效目标", "以办公大楼服务对象满意为目标。", ..., ..., ...),
    ("绩效指标", "一级指标", "二级指标", "绩效标准", "当年预期实现值"),
    (None, "数量指标", "日常维修次数", "反映全年维修情况", "280次"),
    (None, None, "安检巡查次数", "反映保卫巡检情况", "200次"),
    (None, "质量指标", "维修验收合格率", "反映维修质量", "≥92%"),
    (None, "成本指标", "成本控制率", "反映成本", "不超预算"),
    (None, "社会效益指标", "机关形象", "反映形象", "提升"),
)
ANHUI: tuple[Row, ...] = (
    ("项目名称", ..., "219001-城市更新", ..., ..., ...),
    ("主管部门", ..., "219-市住房和城乡建设局", "实施单位", "219001-市住房和城乡建设局（本级）", ...),
    ("项目资金（万元）", ..., "年度资金总额", "1000", ..., ...),
    (None, ..., "其中：本年财政拨款", "800", ..., ...),
    (None, ..., "上年结转资金", "150", ..., ...),
    (None, ..., "其他资金", "50", ..., ...),
    ("年度总体目标", ..., "完成老旧小区改造。", ..., ..., ...),
    ("绩效指标", "一级指标", "二级指标", "三级指标", "指标值", "分值"),
    (None, "产出指标（50分）", "数量指标", "改造小区", "≥12个", "25"),
    (None, None, "质量指标", "验收合格率", "≥100百分比", "25"),
    (None, "效益指标（30分）", "社会效益指标", "居住环境", "改善", "30"),
    (None, "满意度指标（10分）", "服务对象满意度指标", "居民满意度", "≥90百分比", "10"),
)
CATEGORIES = (
    "房屋建筑物购建 房屋建筑物修缮 设备购置 信息网络购建 信息系统运行维护 大型会议 培训 专项课题 "
    "出国 宣传 规划 监测 检验 救灾 抚恤 补贴 奖励 执法 其他"
)
SHANXI: tuple[Row, ...] = (
    ("项目名称", ..., "执法装备", "项目属性", "新增项目□ 延续项目√", ...),
    (
        "项目类别",
        ...,
        " ".join(f"{n}.{name}{'√' if name == '执法' else '□'}" for n, name in enumerate(CATEGORIES.split(), start=1)),
        *[...] * 3,
    ),
    ("主管部门", ..., "太原市城市管理局", "主管部门编码", "230", ...),
    ("项目单位", ..., "太原市城管支队", "项目负责人", "某某", ...),
    ("项目起止时间", ..., "2015 年 1 月1 日 —— 2015 年 12 月 31 日", ..., ..., ...),
    ("项目资金申请（万元）", ..., "资金总额", "65", ..., ...),
    (None, ..., "财政拨款", "60", ..., ...),
    (None, ..., "事业收入", "5", ..., ...),
    ("项目绩效目标", ..., "配齐执法装备。", ..., ..., ...),
    ("绩效指标", "一级指标", "二级指标", "指标内容", "上年度实际水平", "本年度计划水平"),
    (None, "目标完成程度", "数量指标", "配备执法记录仪", "20台", "60台"),
    (None, "项目实施效益", "社会效益指标", "执法规范", "一般", "规范"),
    (None, None, "服务对象满意度指标", "市民满意度", "85%", "≥90%"),
)
GUANGXI: tuple[Row, ...] = (
    ("项目名称", ..., "乡村道路养护", "主管部门", "自治区交通运输厅", ...),
    ("项目资金（万元）", ..., "资金总额", "300", ..., ...),
    (None, ..., "一般公共预算拨款", "200", ..., ...),
    (None, ..., "政府性基金预算拨款", "90", ..., ...),
    (None, ..., "国有资本经营预算拨款", "10", ..., ...),
    ("年度绩效目标", ..., "养护农村公路。", ..., ..., ...),
    ("绩效指标", "一级指标", "二级指标", "三级指标", "指标值", "评分细则"),
    (None, "投入指标", "资金投入", "资金到位率", "=100%", "每少1%扣1分"),
    (None, "过程指标", "资金管理", "专项核算", "是", "否则不得分"),
    (None, "产出指标", "数量指标", "养护里程", "≥500公里", "按比例"),
    (None, "效果指标", "社会效益指标", "出行条件", "改善", "酌情"),
)
SHAANXI: tuple[Row, ...] = (
    ("项目名称", ..., "退耕还林", "项目属性", "新增项目□ 延续项目□"),
    ("主管部门", ..., "佳县林业局", "主管部门编码", "210"),
    ("项目实施单位", ..., "佳县林业站", "项目起止时间", "2024年-2026年"),
    ("项目资金申请（万元）", ..., "资金总额：", "60", ...),
    (None, ..., "财政拨款：", "40", ...),
    (None, ..., "自有资金：", "20", ...),
    ("单位职能概述", ..., "负责全县林业工作。", ..., ...),
    ("项目绩效目标", "长期目标", ..., "年度目标", ...),
    (None, "三年造林3000亩。", ..., "造林1000亩。", ...),
    ("长期绩效指标", "一级指标", "二级指标", "指标内容", "指标值"),
    (None, "产出指标", "数量指标", "造林面积", "3000亩"),
    (None, None, "质量指标", "成活率", "≥85%"),
    (None, "效益指标", "环境效益指标", "水土流失", "减少"),
    ("年度绩效指标", "一级指标", "二级指标", "指标内容", "指标值"),
    (None, "产出指标", "数量指标", "造林面积", "1000亩"),
    (None, None, "时效指标", "完成时间", "12月底前"),
    (None, "效益指标", "环境效益指标", "水土流失", "减少"),
)
HEBEI: tuple[Row, ...] = (
    ("项目名称", ..., "信访信息系统运维", "项目编码", "13000022P00000101234X", ..., ...),
    ("主管部门", ..., "河北省信访局", "实施单位", "河北省信访局本级", ..., ...),
    ("预算金额（万元）", ..., "35.20", "其中：财政资金", "35.20", ..., ...),
    ("绩效目标", ..., "1.保障系统稳定运行。", *[...] * 4),
    ("绩效指标", "一级指标", "二级指标", "三级指标", "绩效指标描述", "指标值", "指标值确定依据"),
    (None, "产出指标", "数量指标", "维护系统数量", "反映维护的系统个数", "≥3套", "工作计划"),
    (None, None, "成本指标", "运维成本", "反映费用", "≤35.20万元", "合同"),
    (None, "效益指标", "可持续影响指标", "系统可用", "反映寿命", "长期", "历史"),
)
TIANJIN: tuple[Row, ...] = (
    ("项目名称", ..., "工会服务站", "项目属性", "经常性"),
    ("主管预算部门", ..., "天津市总工会", "实施单位", "天津市总工会本级"),
    ("项目资金（万元）", ..., "年度资金总额", "*", ...),
    (None, ..., "其中：财政拨款", "*", ...),
    ("绩效目标", ..., "建设服务站。", ..., ...),
    ("绩效指标", "一级指标", "二级指标", "三级指标", "指标值"),
    (None, "产出指标", "数量指标", "服务站个数", "≥**个"),
    (None, "效益指标", "社会效益指标", "服务人次", "*"),
)
ZHEJIANG: tuple[Row, ...] = (
    ("项目名称", "数字政府建设", ..., "项目类型", "其他运转类", ...),
    ("预算主管部门", "浙江省大数据局", ..., "预算单位", "浙江省大数据中心", ...),
    ("预算金额（元）", "1,500,000.00", ..., "其中：财政拨款", "1,500,000.00", ...),
    ("总体绩效目标", "一网通办率提升。", *[...] * 4),
    ("一级指标", "二级指标", "三级指标", "计算符号", "指标值", "计量单位"),
    ("产出", "数量", "接入部门数", "≥", "40", "个"),
    ("", "时效", "系统上线时间", "≤", "12", "月"),
    ("效益", "社会效益", "办事便利度", "定性", "提升", ""),
    ("满意度", "服务对象满意度", "群众满意度", "≥", "90", "%"),
)
GUANGDONG: tuple[Row, ...] = (
    ("项目名称", "政务服务大厅运行", ..., "用款单位", "广东省政务服务中心", ...),
    ("项目类别", "其他事业发展性支出", ..., "实施周期", "2024年-2026年", ...),
    ("总体绩效目标", "三年内全部事项一窗受理。", *[...] * 4),
    ("年度绩效目标", "八成事项一窗受理。", *[...] * 4),
    ("资金总额（万元）", "90.00", ..., "其中：财政拨款", "90.00", ...),
    ("绩效指标", "一级指标", "二级指标", "三级指标", "实施周期指标值", "年度指标值"),
    (None, "产出指标", "数量指标", "一窗受理事项", "500项", "400项"),
    (None, "效益指标", "服务对象满意度指标", "群众满意度", "≥95%", "≥90%"),
)
JIANGSU: tuple[Row, ...] = (
    ("项目名称", "河道整治", ..., "主管部门", "江苏省水利厅", ...),
    ("项目总额（万元）", "500", ..., "其中：财政拨款", "500", ...),
    ("中长期目标", "河道全部达标。", *[...] * 4),
    ("年度目标", "整治20公里。", *[...] * 4),
    ("一级指标", "二级指标", "三级指标", "半年（程）目标值", "全年（程）目标值", "备注"),
    ("决策", "项目立项", "立项规范", "规范", "规范", ""),
    ("过程", "资金管理", "资金到位率", "≥50%", "=100%", ""),
    ("产出", "数量指标", "整治长度", "≥8公里", "≥20公里", "分段"),
)


def test_guangdong() -> None:
    """Targets of the whole period and of the year in two columns."""
    extraction = read("项目支出绩效目标表", GUANGDONG, (60, 75, 100, 100, 90, 90), "（2024年度）")
    form = only_form(extraction)
    assert (form["implementing_unit"], form["end_date"]) == ("广东省政务服务中心", date(2026, 12, 31))
    assert (form["lifetime_goal"], form["annual_goal"]) == ("三年内全部事项一窗受理。", "八成事项一窗受理。")
    assert cells(extraction, "level3", "lifetime_target", "target") == [
        ("一窗受理事项", "500项", "400项"),
        ("群众满意度", "≥95%", "≥90%"),
    ]
    assert rules(extraction) == {"dates.imprecise"}


def test_jiangsu() -> None:
    """The target of half the year is not carried; 决策 and 过程 are levels of their own."""
    extraction = read("项目绩效目标申报表", JIANGSU, (60, 75, 100, 100, 100, 60), "（2024年度）")
    assert only_form(extraction)["lifetime_goal"] == "河道全部达标。"
    assert cells(extraction, "level1", "level1_code", "level3", "target", "remark") == [
        ("决策", "other", "立项规范", "规范", None),
        ("过程", "other", "资金到位率", "=100%", None),
        ("产出", "output", "整治长度", "≥20公里", "分段"),
    ]
    assert not rules(extraction)


def test_hubei() -> None:
    """Check boxes, and a target that stands beside what was reached in the year before, under one heading."""
    widths = (50, 55, 80, 85, 60, 75, 75)
    extraction = read("省级部门预算项目支出绩效目标表", HUBEI, widths, "（2024年度）")
    expected = {
        "project_code": "42000021T000000012345",
        "department": "湖北省教育厅",
        "implementing_unit": "湖北工程学院",
        "project_category": "部门预算项目",
        "project_nature": "新增性",
        "lifetime_total": yuan("3000000"),
        "annual_total": yuan("1000000"),
        "lifetime_goal": "不让一名学生因贫失学。",
        "annual_goal": "资助1000名学生。",
    }
    assert expected.items() <= only_form(extraction).items()
    texts = {row["field"]: row["text"] for row in extraction.tables["evidence"]}
    assert texts["project_nature"] == "持续性□新增性√"
    assert cells(extraction) == [
        ("产出指标", "数量指标", "资助人数", "≥1000人"),
        ("产出指标", "质量指标", "发放准确率", "100%"),
        ("满意度指标", "服务对象满意度指标", "学生满意度", "≥95%"),
    ]
    assert others(extraction) >= {("上年", "900人"), ("上年", "93%"), ("目标值确定依据", "学籍")}


def test_options_in_cells_of_their_own() -> None:
    row: Row = ("项目属性", ..., "持续性□", "新增性√", "", ..., ...)
    rows = [row if text[0] == "项目属性" else text for text in HUBEI]
    extraction = read("省级部门预算项目支出绩效目标表", rows, (50, 55, 80, 85, 60, 75, 75), "（2024年度）")
    assert only_form(extraction)["project_nature"] == "新增性"
    assert not rules(extraction)


def test_ezhou() -> None:
    """Level 2 and the names stand under 一级指标 and 二级指标; costs of items are no amounts of the project."""
    extraction = read("鄂州市2022年市直部门预算项目支出绩效目标表", EZHOU, (75, 80, 100, 110, 110))
    form = only_form(extraction)
    assert (form["fiscal_year"], form["project_category"], form["project_nature"]) == (
        2022,
        "本级支出项目",
        "持续性项目",
    )
    assert funds(extraction) == [("annual", "total", yuan("2900000"))]
    assert cells(extraction) == [
        (None, "数量指标", "日常维修次数", "280次"),
        (None, "数量指标", "安检巡查次数", "200次"),
        (None, "质量指标", "维修验收合格率", "≥92%"),
        (None, "成本指标", "成本控制率", "不超预算"),
        (None, "社会效益指标", "机关形象", "提升"),
    ]
    assert cells(extraction, "level1_code", "level_inferred") == [
        ("output", True),
        ("output", True),
        ("output", True),
        ("other", False),
        ("outcome", True),
    ]
    kept = " ".join(map(str, column(extraction, "other_values", "text")))
    assert all(text in kept for text in ("保安服务费", "招标文件", "180", "270", "反映维修质量"))


def test_anhui() -> None:
    extraction = read("项目支出绩效目标表", ANHUI, (50, 70, 95, 95, 90, 60), "（2024年度）")
    expected = {
        "project_code": "219001",
        "project_name": "城市更新",
        "department_code": "219",
        "department": "市住房和城乡建设局",
        "implementing_unit": "市住房和城乡建设局（本级）",
        "annual_total": yuan("10000000"),
        "annual_fiscal": yuan("8000000"),
        "annual_carryover": yuan("1500000"),
        "annual_other": yuan("500000"),
    }
    assert expected.items() <= only_form(extraction).items()
    assert cells(extraction, "level1", "level1_code", "target", "target_unit", "weight") == [
        ("产出指标（50分）", "output", "≥12个", "个", 25),
        ("产出指标（50分）", "output", "≥100百分比", "%", 25),
        ("效益指标（30分）", "outcome", "改善", None, 30),
        ("满意度指标（10分）", "satisfaction", "≥90百分比", "%", 10),
    ]
    assert rules(extraction) == set()


def test_shanxi_and_heilongjiang() -> None:
    """Nineteen numbered categories with boxes; the level of the year before is no target."""
    extraction = read("财政支出项目绩效目标申报表", SHANXI, (60, 75, 100, 90, 90, 90), "（2015年度）")
    expected = {
        "project_category": "执法",
        "project_nature": "延续项目",
        "department_code": "230",
        "start_date": date(2015, 1, 1),
        "end_date": date(2015, 12, 31),
        "annual_total": yuan("650000"),
    }
    assert expected.items() <= only_form(extraction).items()
    assert cells(extraction, "level1", "level1_code", "level3", "target") == [
        ("目标完成程度", "output", "配备执法记录仪", "60台"),
        ("项目实施效益", "outcome", "执法规范", "规范"),
        ("项目实施效益", "outcome", "市民满意度", "≥90%"),
    ]
    assert others(extraction) >= {("上年度实际水平", "20台"), ("上年度实际水平", "一般"), ("上年度实际水平", "85%")}
    assert not any("某某" in str(text) for _, text in others(extraction))


def test_guangxi() -> None:
    """Money by kind of budget; 投入 and 过程 are levels of their own."""
    extraction = read("部门预算项目支出绩效目标申报表", GUANGXI, (50, 60, 90, 90, 90, 90), "（2024年度）")
    amounts = [("total", "3000000"), ("fiscal", "2000000"), ("fiscal", "900000"), ("fiscal", "100000")]
    assert funds(extraction) == [("annual", source, yuan(amount)) for source, amount in amounts]
    assert cells(extraction, "level1", "level1_code", "level2_code", "level3", "target") == [
        ("投入指标", "other", "other", "资金到位率", "=100%"),
        ("过程指标", "other", "other", "专项核算", "是"),
        ("产出指标", "output", "quantity", "养护里程", "≥500公里"),
        ("效果指标", "outcome", "social", "出行条件", "改善"),
    ]
    assert not rules(extraction)


BELOW_EACH_OTHER = [
    ("产出指标", "数量指标", "造林面积", "3000亩", "1000亩"),
    ("产出指标", "质量指标", "成活率", "≥85%", None),
    ("效益指标", "环境效益指标", "水土流失", "减少", "减少"),
    ("产出指标", "时效指标", "完成时间", None, "12月底前"),
]
BOTH = ("level1", "level2", "level3", "lifetime_target", "target")


def test_shaanxi() -> None:
    """Indicators of the whole period and of the year below each other; the same indicator is one row."""
    extraction = read("佳县财政支出项目绩效目标申报表", SHAANXI, (60, 75, 95, 110, 110), "（2024年度）")
    expected = {
        "department_code": "210",
        "project_nature": "新增项目□延续项目□",
        "annual_total": yuan("600000"),
        "annual_fiscal": yuan("400000"),
        "lifetime_goal": "三年造林3000亩。",
        "annual_goal": "造林1000亩。",
    }
    assert expected.items() <= only_form(extraction).items()
    assert cells(extraction, *BOTH) == BELOW_EACH_OTHER
    assert cells(extraction, "level2_code")[2] == ("ecological",)
    assert rules(extraction) == {"dates.imprecise", "form.options"}


@pytest.mark.parametrize("cut_text", VISIBLE_CUTS)
@pytest.mark.parametrize("before_row", range(11, 17))
def test_two_periods_over_two_pages(before_row: int, cut_text: CutText) -> None:
    """The break may part the blocks, or cut one of them with its label."""
    parts = cut_table(merged_table(SHAANXI, (60, 75, 95, 110, 110), least=30), [before_row], cut_text, 0)
    title = DrawnText(265, 0, "佳县财政支出项目绩效目标申报表", "centre", 14)
    extraction = extract([on_one_page(title, parts[0]), on_one_page(parts[1])])
    assert cells(extraction, *BOTH) == BELOW_EACH_OTHER


def test_hebei() -> None:
    extraction = read("部门预算项目绩效目标表", HEBEI, (45, 60, 75, 80, 85, 70, 75), "（2024年度）")
    form = only_form(extraction)
    assert (form["project_code"], form["annual_total"], form["annual_goal"]) == (
        "13000022P00000101234X",
        yuan("352000"),
        "1.保障系统稳定运行。",
    )
    assert cells(extraction) == [
        ("产出指标", "数量指标", "维护系统数量", "≥3套"),
        ("产出指标", "成本指标", "运维成本", "≤35.20万元"),
        ("效益指标", "可持续影响指标", "系统可用", "长期"),
    ]
    assert not rules(extraction)


def test_tianjin() -> None:
    """Stars stand for what is not said: an amount is none, a target is a placeholder or none."""
    extraction = read("项目支出绩效目标表", TIANJIN, (50, 70, 95, 110, 110), "（2024年度）")
    form = only_form(extraction)
    assert (form["department"], form["project_nature"]) == ("天津市总工会", "经常性")
    assert funds(extraction) == [("annual", "total", None), ("annual", "fiscal", None)]
    assert cells(extraction, "target", "target_kind") == [("≥**个", "placeholder"), ("*", "empty")]
    assert rules(extraction) == {"indicators.placeholder", "indicators.no_target"}


def test_short_level_names_and_targets_in_three_columns() -> None:
    """As Zhejiang, Jiangsu and Guangdong print them: 产出 for 产出指标, blank where the level above goes on."""
    extraction = read("2024年度部门预算项目绩效目标表", ZHEJIANG, (70, 90, 110, 60, 70, 60))
    assert (only_form(extraction)["department"], only_form(extraction)["implementing_unit"]) == (
        "浙江省大数据局",
        "浙江省大数据中心",
    )
    assert cells(extraction, "level1", "level1_code", "level2_code", "level3", "target") == [
        ("产出", "output", "quantity", "接入部门数", "≥40个"),
        ("产出", "output", "timeliness", "系统上线时间", "≤12月"),
        ("效益", "outcome", "social", "办事便利度", "提升"),
        ("满意度", "satisfaction", "satisfaction", "群众满意度", "≥90%"),
    ]
    assert rules(extraction) == set()
