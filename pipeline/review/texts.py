"""Texts of the review page in Chinese, by their English ones."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.language import Language

CHINESE: Mapping[str, str] = {
    "Findings": "问题",
    "All findings of the document": "文件的全部问题",
    "form {number}": "绩效表 {number}",
    "table {number}": "预算表 {number}",
    "page {number}": "第 {number} 页",
    "added form {number}": "补录的绩效表 {number}",
    "added table {number}": "补录的预算表 {number}",
    "added by a person": "人工补录",
    "open": "打开",
    "+ form": "＋ 绩效表",
    "+ budget table": "＋ 预算表",
    "+ row": "＋ 行",
    "Add a form that was not found": "补录没有识别到的绩效表",
    "As printed; the rest stays blank. Amounts, indicators and tasks are added on the form's page.": (
        "照页面原文填写，没有印出的留空。资金、指标和任务在下一步的绩效表页面上逐行补录。"
    ),
    "Add a budget table that was not found": "补录没有识别到的预算表",
    "Its rows are added on the table's page.": "各行数字在下一步的预算表页面上补录。",
    "First page": "起始页",
    "Last page": "结束页",
    "Columns of numbers from left to right, a line each; a heading over several stands before a slash": (
        "数字各列，从左到右，一行一个栏目名；上级栏目名写在斜线前"
    ),
    "A form or table that was not found is added on its page, or here:": (
        "没有识别到的表，可在它所在的页面或在这里补录："
    ),
    "What was not found on this page is added here:": "本页没有识别到的表，在这里补录：",
    "The document could not be read, so nothing can be added to it.": "文件无法读取，因此不能补录。",
    "Other pages": "其他页面",
    "← page {number}": "← 第 {number} 页",
    "page {number} →": "第 {number} 页 →",
    "The number of its pages is not known: {problem}": "不知道有多少页：{problem}",
    "{more} more: go on from the last one": "另有 {more} 页：从最后一页往后翻",
    "with findings": "有问题",
    "not read": "未识别到",
    "This page cannot be drawn:": "此页无法显示：",
    "Take back? Rows and values that were added to it go with it.": "确定撤回？补录在其中的行和值将一并撤回。",
}


def text(language: Language, english: str, **values: object) -> str:
    """A text of the page in a language, its places filled with `values`."""
    return (CHINESE[english] if language == "zh" else english).format(**values)
