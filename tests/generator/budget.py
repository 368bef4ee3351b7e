"""The set of budget tables of a made-up organ in many styles, with what each printed number means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from tests.generator.budget_amounts import ECONOMIC, FUNCTIONS, ORGAN, USES, Budget
from tests.generator.budget_sheets import Expected, Sheet, Style, heading_row, sheet_pages
from tests.generator.drawing import DrawnCell, DrawnPage


class BudgetSet:
    """The tables of one budget in one style."""

    def __init__(self, budget: Budget, style: Style) -> None:
        self.budget, self.style = budget, style

    def sheets(self) -> list[Sheet]:
        """The nine tables."""
        return [
            self.income_expenditure(),
            self.income(),
            self.expenditure(),
            self.fiscal(),
            self.general(),
            self.basic(),
            self.three_public(),
            self.fund(),
            self.project(),
        ]

    def text(self, hundredths: int) -> str:
        """An amount as printed."""
        if not hundredths:
            return self.style.zero
        number = self.yuan(hundredths) / (10_000 if self.style.unit == "万元" else 1)
        return f"{number:{',' if self.style.grouped else ''}.{self.style.decimals}f}"

    def yuan(self, hundredths: int) -> Decimal:
        """An amount in yuan."""
        return Decimal(hundredths) * 100

    def is_printed(self, hundredths: int) -> bool:
        """Whether an amount is printed as a number."""
        return bool(hundredths) or any(c.isdecimal() for c in self.style.zero)

    def _sheet(self, kind: str, title: str, names: Sequence[str], amounts: Sequence[tuple[str, ...]]) -> Sheet:
        """A table with columns of names (`names`, "code" for codes) and of amounts with paths of headings."""
        tops: list[tuple[str, ...]] = [*([("序号",)] if self.style.sequence else [])]
        for name in names:
            tops += self._code_heads() if name == "code" else [(name,)]
        paths = [*tops, *amounts]
        depth = max(map(len, paths))
        heading = [list(heading_row(paths, row, depth)) for row in range(depth)]
        if self.style.column_numbers:
            count = len(tops)
            texts = ["**"] * count + [str(n + 1) for n in range(len(amounts))]
            heading.append([DrawnCell(depth, n, text=text) for n, text in enumerate(texts)])
        widths = [self._width(path, n >= len(tops)) for n, path in enumerate(paths)]
        return Sheet(kind, title, widths, heading)

    def _code_heads(self) -> list[tuple[str, ...]]:
        if self.style.codes in ("bracket", "dash"):
            return []
        return [("科目编码",)] if self.style.codes == "one" else [("科目编码", part) for part in ("类", "款", "项")]

    def _width(self, path: tuple[str, ...], is_amount: bool) -> float:
        if path[-1] in ("类", "款", "项", "序号"):
            return 30
        return 80 if is_amount else 70 if "编码" in path[-1] else 190

    def _add(
        self, sheet: Sheet, names: Sequence[str], numbers: Sequence[int], meanings: Sequence[Expected], spans: int = 1
    ) -> None:
        """A body row: names (the first over `spans` columns), then amounts."""
        row: list[tuple[int, int, str]] = []
        column = 0
        if self.style.sequence:
            row.append((0, 1, str(len(sheet.body) + 1)))
            column = 1
        for n, name in enumerate(names):
            row.append((column, spans if n == 0 else 1, name))
            column += spans if n == 0 else 1
        for number in numbers:
            row.append((column, 1, self.text(number)))
            column += 1
        sheet.body.append(row)
        sheet.expected += [m for number, m in zip(numbers, meanings, strict=True) if self.is_printed(number)]

    def _coded(self, sheet: Sheet, code: str, name: str, numbers: Sequence[int], meanings: Sequence[Expected]) -> None:
        """A row of a code in the style of the set."""
        width = 3
        parts = sheet_codes(code)
        if self.style.codes == "bracket":
            names = [f"[{code}]{name}"]
        elif self.style.codes == "dash":
            names = [f"{code}-{name}"]
        elif self.style.codes == "one":
            names = [code, name]
        elif self.style.codes == "rest":
            names = [*([""] * (len(parts) - 1)), parts[-1], *([""] * (width - len(parts))), name]
        else:
            names = [*parts, *([""] * (width - len(parts))), name]
        self._add(sheet, names, numbers, meanings)

    def _total(self, sheet: Sheet, numbers: Sequence[int], meanings: Sequence[Expected]) -> None:
        columns = len(self._code_heads()) + 1
        if self.style.total == "merged" and columns > 1:
            self._add(sheet, ["合计"], numbers, meanings, columns)
        else:
            self._add(sheet, [*([""] * (columns - 1)), "合计"], numbers, meanings)

    def _functions(self, sheet: Sheet, columns: Sequence[tuple[str, tuple[str, ...]]], fund: str) -> None:
        """Rows of all functional codes with a total; a column has its use and the uses that it adds up."""

        def mean(code: str | None, label: str, side: str = "expenditure") -> list[Expected]:
            return [
                Expected(
                    sheet.kind, label, code, side, fund, use, "all", None, self.yuan(self.budget.of(code or "", *uses))
                )
                for use, uses in columns
            ]

        whole = [self.budget.of("", *uses) for _, uses in columns]
        if self.style.total != "foot":
            self._total(sheet, whole, mean(None, "合计"))
        for top, (top_name, groups) in FUNCTIONS.items():
            for code, name in [(top, top_name), *_below(groups)]:
                numbers = [self.budget.of(code, *uses) for _, uses in columns]
                self._coded(sheet, code, name, numbers, mean(code, name))
        if self.style.total == "foot":
            self._total(sheet, whole, mean(None, "合计"))

    def _panels(
        self, kind: str, title: str, left: list[tuple[str, int, Expected]], right: list[tuple[str, int, Expected]]
    ) -> Sheet:
        paths = [("收入", "项目"), ("收入", "预算数"), ("支出", "项目"), ("支出", "预算数")]
        heading = [list(heading_row(paths, row, 2)) for row in range(2)]
        sheet = Sheet(kind, title, [200, 110, 200, 110], heading)
        for n in range(max(len(left), len(right))):
            row = []
            for column, rows in ((0, left), (2, right)):
                name, amount, _ = rows[n] if n < len(rows) else ("", 0, None)
                row += [(column, 1, name), (column + 1, 1, self.text(amount) if name else "")]
            sheet.body.append(row)
            sheet.expected += [rows[n][2] for rows in (left, right) if n < len(rows) and self.is_printed(rows[n][1])]
        return sheet

    def _tops(self, kind: str, fund: str) -> list[tuple[str, int, Expected]]:
        rows = []
        for number, (code, (name, _)) in zip("一二三四五六七", FUNCTIONS.items(), strict=False):
            label, amount = f"{number}、{name}", self.budget.of(code)
            rows.append(
                (
                    label,
                    amount,
                    Expected(kind, label, None, "expenditure", fund, "total", "all", None, self.yuan(amount)),
                )
            )
        return rows

    def income_expenditure(self) -> Sheet:
        """收支总表."""
        kind, whole = "income_expenditure", self.budget.of("")
        general = whole - self.budget.carried - self.budget.business

        def income(label: str, amount: int, fund: str, origin: str = "all") -> tuple[str, int, Expected]:
            return label, amount, Expected(kind, label, None, "income", fund, "total", origin, None, self.yuan(amount))

        def spent(label: str, amount: int, origin: str = "all") -> tuple[str, int, Expected]:
            return (
                label,
                amount,
                Expected(kind, label, None, "expenditure", "total", "total", origin, None, self.yuan(amount)),
            )

        left = [
            income("一、一般公共预算拨款收入", general, "general_public"),
            income("二、政府性基金预算拨款收入", 0, "gov_fund"),
            income("三、事业收入", self.budget.business, "business"),
            income("四、其他收入", 0, "other"),
            income("本年收入合计", general + self.budget.business, "total", "current"),
            income("上年结转结余", self.budget.carried, "total", "carryover"),
            income("收入总计", whole, "total"),
        ]
        right = [
            *self._tops(kind, "total"),
            spent("本年支出合计", whole),
            spent("年终结转结余", 0, "closing"),
            spent("支出总计", whole),
        ]
        return self._panels(kind, self._title("收支总表", "部门收支总体情况表"), left, right)

    def fiscal(self) -> Sheet:
        """财政拨款收支总表."""
        kind, whole = "fiscal_income_expenditure", self.budget.of("")

        def total(label: str, side: str, fund: str = "fiscal") -> tuple[str, int, Expected]:
            return label, whole, Expected(kind, label, None, side, fund, "total", "all", None, self.yuan(whole))

        left = [total("一、一般公共预算拨款", "income", "general_public"), total("收入总计", "income")]
        right = [*self._tops(kind, "fiscal"), total("支出总计", "expenditure")]
        return self._panels(kind, self._title("财政拨款收支总表", "财政拨款收支总体情况表"), left, right)

    def income(self) -> Sheet:
        """收入总表, a row a unit."""
        kind, whole = "income", self.budget.of("")
        amounts = [
            ("合计",),
            ("本年收入", "小计"),
            ("本年收入", "一般公共预算"),
            ("本年收入", "事业收入"),
            ("上年结转结余",),
        ]
        sheet = self._sheet(kind, self._title("收入总表", "部门收入总体情况表"), ["单位名称"], amounts)
        general = whole - self.budget.carried - self.budget.business
        numbers = [whole, general + self.budget.business, general, self.budget.business, self.budget.carried]
        axes = [
            ("total", "all"),
            ("total", "current"),
            ("general_public", "current"),
            ("business", "current"),
            ("total", "carryover"),
        ]
        for label in ("合计", ORGAN):
            meanings = [
                Expected(kind, label, None, "income", fund, "total", origin, None, self.yuan(number))
                for number, (fund, origin) in zip(numbers, axes, strict=True)
            ]
            self._add(sheet, [label], numbers, meanings)
        return sheet

    def expenditure(self) -> Sheet:
        """支出总表."""
        sheet = self._sheet(
            "expenditure",
            self._title("支出总表", "部门支出总体情况表"),
            ["code", "科目名称"],
            [("合计",), ("基本支出",), ("项目支出",)],
        )
        self._functions(sheet, [("total", USES), ("basic", USES[:2]), ("project", USES[2:])], "total")
        return sheet

    def general(self) -> Sheet:
        """一般公共预算支出表."""
        amounts = [("合计",), ("基本支出", "小计"), ("基本支出", "人员经费"), ("基本支出", "公用经费"), ("项目支出",)]
        title = self._title("一般公共预算支出表", "一般公共预算支出情况表（按功能分类科目）")
        sheet = self._sheet("general_expenditure", title, ["code", "科目名称"], amounts)
        columns = [
            ("total", USES),
            ("basic", USES[:2]),
            ("basic_personnel", USES[:1]),
            ("basic_public", USES[1:2]),
            ("project", USES[2:]),
        ]
        self._functions(sheet, columns, "general_public")
        return sheet

    def basic(self) -> Sheet:
        """一般公共预算基本支出表, by economic code."""
        kind = "general_basic"
        title = self._title("一般公共预算基本支出表", "一般公共预算基本支出情况表（按经济分类科目）")
        sheet = self._sheet(kind, title, ["code", "科目名称"], [("合计",), ("人员经费",), ("公用经费",)])
        uses = ("basic", "basic_personnel", "basic_public")

        def numbers(codes: Sequence[str]) -> list[int]:
            by_use = {use: 0 for use in uses}
            for _, below, use in ECONOMIC.values():
                by_use[use] += sum(self.budget.economic[code] for code in below if code in codes)
            return [
                by_use["basic_personnel"] + by_use["basic_public"],
                by_use["basic_personnel"],
                by_use["basic_public"],
            ]

        def means(code: str | None, label: str, amounts: Sequence[int]) -> list[Expected]:
            return [
                Expected(kind, label, code, "expenditure", "general_public", use, "all", None, self.yuan(amount))
                for use, amount in zip(uses, amounts, strict=True)
            ]

        whole = numbers(list(self.budget.economic))
        if self.style.total != "foot":
            self._total(sheet, whole, means(None, "合计", whole))
        for top, (name, below, _) in ECONOMIC.items():
            for code, label in [(top, name), *below.items()]:
                found = numbers(list(below) if code == top else [code])
                self._coded(sheet, code, label, found, means(code, label, found))
        if self.style.total == "foot":
            self._total(sheet, whole, means(None, "合计", whole))
        return sheet

    def three_public(self) -> Sheet:
        """“三公”经费支出表, the items as columns or as rows."""
        items = self.budget.items
        vehicle = items["vehicle_purchase"] + items["vehicle_operation"]
        numbers = {
            "three_public": items["abroad"] + items["reception"] + vehicle,
            "abroad": items["abroad"],
            "vehicle": vehicle,
            "vehicle_purchase": items["vehicle_purchase"],
            "vehicle_operation": items["vehicle_operation"],
            "reception": items["reception"],
        }
        names = {
            "three_public": "合计",
            "abroad": "因公出国（境）费",
            "vehicle": "公务用车购置及运行费",
            "vehicle_purchase": "公务用车购置费",
            "vehicle_operation": "公务用车运行费",
            "reception": "公务接待费",
        }
        kind, title = "three_public", self._title("一般公共预算“三公”经费支出表", "一般公共预算“三公”经费支出情况表")

        def mean(item: str, label: str) -> Expected:
            return Expected(
                kind, label, None, "expenditure", "general_public", "total", "all", item, self.yuan(numbers[item])
            )

        if self.style.items_by_row:
            sheet = self._sheet(kind, title, ["项目"], [("预算数",)])
            for item, name in names.items():
                self._add(sheet, [name], [numbers[item]], [mean(item, name)])
            return sheet
        group = names["vehicle"]
        paths = [
            ("合计",),
            (names["abroad"],),
            (group, "小计"),
            (group, names["vehicle_purchase"]),
            (group, names["vehicle_operation"]),
            (names["reception"],),
        ]
        sheet = Sheet(kind, title, [100] * 6, [list(heading_row(paths, row, 2)) for row in range(2)])
        sheet.body.append([(n, 1, self.text(numbers[item])) for n, item in enumerate(names)])
        labels = {**names, "vehicle": "小计"}
        sheet.expected += [mean(item, labels[item]) for item in names if self.is_printed(numbers[item])]
        return sheet

    def fund(self) -> Sheet:
        """政府性基金预算支出表, without a number."""
        title = self._title("政府性基金预算支出表", "政府性基金预算支出情况表")
        sheet = self._sheet("gov_fund", title, ["code", "科目名称"], [("合计",), ("基本支出",), ("项目支出",)])
        columns = len(sheet.widths)
        sheet.body += [[(n, 1, "") for n in range(columns)] for _ in range(2)]
        sheet.note = "注：本单位没有政府性基金预算拨款安排的支出，故本表无数据。"
        return sheet

    def project(self) -> Sheet:
        """项目支出表."""
        kind = "project"
        sheet = self._sheet(
            kind,
            self._title("项目支出表", "部门项目支出预算情况表"),
            ["项目名称"],
            [("合计",), ("一般公共预算",), ("政府性基金预算",)],
        )
        rows = [("合计", sum(self.budget.projects.values())), *self.budget.projects.items()]
        for label, amount in rows:
            meanings = [
                Expected(kind, label, None, "expenditure", fund, "project", "all", None, self.yuan(number))
                for fund, number in (("total", amount), ("general_public", amount), ("gov_fund", 0))
            ]
            self._add(sheet, [label], [amount, amount, 0], meanings)
        return sheet

    def _title(self, plain: str, wordy: str) -> str:
        return f"2026年{wordy}" if self.style.general else plain

    def pages(self) -> Iterator[DrawnPage]:
        """The tables page by page."""
        for number, sheet in enumerate(self.sheets(), start=1):
            yield from sheet_pages(number, sheet, self.style)


def sheet_codes(code: str) -> list[str]:
    """The parts 类, 款 and 项 of a code."""
    return [code[:3], *[code[n : n + 2] for n in range(3, len(code), 2)]]


def _below(groups: dict[str, tuple[str, dict[str, str]]]) -> Iterator[tuple[str, str]]:
    for code, (name, leaves) in groups.items():
        yield code, name
        yield from leaves.items()
