"""The made-up amounts of an organ, by the codes, uses and projects that budget tables print."""

from __future__ import annotations

import random
from dataclasses import dataclass

ORGAN = "青川市园林绿化管理中心"

FUNCTIONS = {
    "201": (
        "一般公共服务支出",
        {"20103": ("政府办公厅（室）及相关机构事务", {"2010301": "行政运行", "2010350": "事业运行"})},
    ),
    "208": (
        "社会保障和就业支出",
        {
            "20805": (
                "行政事业单位养老支出",
                {"2080501": "行政单位离退休", "2080505": "机关事业单位基本养老保险缴费支出"},
            )
        },
    ),
    "212": (
        "城乡社区支出",
        {
            "21201": ("城乡社区管理事务", {"2120101": "行政运行", "2120199": "其他城乡社区管理事务支出"}),
            "21205": ("城乡社区环境卫生", {"2120501": "城乡社区环境卫生"}),
        },
    ),
    "221": ("住房保障支出", {"22102": ("住房改革支出", {"2210201": "住房公积金", "2210203": "购房补贴"})}),
}
ECONOMIC = {
    "301": ("工资福利支出", {"30101": "基本工资", "30102": "津贴补贴", "30113": "住房公积金"}, "basic_personnel"),
    "302": ("商品和服务支出", {"30201": "办公费", "30211": "差旅费", "30299": "其他商品和服务支出"}, "basic_public"),
    "303": ("对个人和家庭的补助", {"30302": "退休费"}, "basic_personnel"),
}
PROJECTS = ("行道树补植与养护", "公园设施维修", "古树名木保护", "绿化垃圾资源化利用", "智慧园林平台运维")
USES = ("basic_personnel", "basic_public", "project")


@dataclass(frozen=True, slots=True)
class Budget:
    """The amounts of an organ, in hundredths of 万元: by function and use, by economic code, by project."""

    functions: dict[str, dict[str, int]]
    economic: dict[str, int]
    projects: dict[str, int]
    carried: int
    business: int
    items: dict[str, int]

    def of(self, code: str, *uses: str) -> int:
        """The amount of a functional code and all below it, for some uses or all."""
        return sum(
            amount
            for leaf, by_use in self.functions.items()
            if leaf.startswith(code)
            for use, amount in by_use.items()
            if use in (uses or USES)
        )


def made_up(seed: int) -> Budget:
    """A budget whose tables add up."""
    rng = random.Random(seed)
    functions = {
        leaf: {"basic_personnel": 0, "basic_public": 0, "project": 0}
        for _, groups in FUNCTIONS.values()
        for _, leaves in groups.values()
        for leaf in leaves
    }
    economic = {code: rng.randint(1, 90_000) for _, codes, _ in ECONOMIC.values() for code in codes}
    for _, codes, use in ECONOMIC.values():
        for code in codes:
            functions[rng.choice(sorted(functions))][use] += economic[code]
    projects = {name: rng.randint(1, 500_000) for name in rng.sample(PROJECTS, rng.randint(2, len(PROJECTS)))}
    for amount in projects.values():
        functions[rng.choice(sorted(functions))]["project"] += amount
    whole = sum(economic.values()) + sum(projects.values())
    carried = rng.choice([0, rng.randint(1, whole // 4)])
    business = rng.choice([0, rng.randint(1, whole // 4)])
    items = {
        name: rng.choice([0, rng.randint(1, 3000)])
        for name in ("abroad", "reception", "vehicle_purchase", "vehicle_operation")
    }
    return Budget(functions, economic, projects, carried, business, items)
