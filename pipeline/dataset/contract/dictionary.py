"""`docs/data-dictionary.md`, made from `schemas/tables.toml`: `python -m pipeline.dataset.contract.dictionary`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from pipeline.dataset.contract.schema import PARTITION, Column, Schema, Table, load_schema
from pipeline.text import markdown_cell

HEAD = """\
# Data dictionary 数据字典

Made from `schemas/tables.toml`; do not edit:
`python -m pipeline.dataset.contract.dictionary > docs/data-dictionary.md`.
由 `schemas/tables.toml` 生成，请勿手工修改。

Amounts are yuan whatever the printed unit. Every table is partitioned by `fiscal_year`, which stands in the path of the
files. Key columns (主键) are marked 🔑, columns that always have a value (必填) with ●.

金额一律为元，与印出的单位无关。每张表按 `fiscal_year`（预算年度）分区，年度在文件路径中。🔑 为主键，● 为必填。
"""


def dictionary(schema: Schema) -> str:
    """The dictionary as Markdown."""
    return "\n".join([HEAD, *_overview(schema), *(line for t in schema.tables.values() for line in _table(t))]) + "\n"


def _overview(schema: Schema) -> Iterator[str]:
    yield "| table 表 | 中文 | rows 行 | 含义 |\n|---|---|---|---|"
    for table in schema.tables.values():
        link = f"[{table.name}](#{table.name}-{table.label_zh})"
        yield f"| {link} | {table.label_zh} | {markdown_cell(table.description)} | {table.description_zh} |"


def _table(table: Table) -> Iterator[str]:
    yield f"\n## {table.name} {table.label_zh}\n\n{table.description}\n\n{table.description_zh}"
    for key in table.foreign_keys:
        yield f"\n`{', '.join(key.columns)}` → `{key.table}({', '.join(key.references)})`"
    yield "\n| column 字段 | 中文 | type 类型 | unit 单位 | meaning | 含义 |\n|---|---|---|---|---|---|"
    for column in table.columns:
        yield _row(column, "🔑" if column.name in table.primary_key else "●" if column.required else "")


def _row(column: Column, mark: str, inside: str = "") -> str:
    values = f": {', '.join(f'`{value}`' for value in column.enum)}" if column.enum else ""
    names = "；".join(f"`{code}` {name}" for code, name in column.code_names.items())
    is_partition = column.name == PARTITION
    meaning = markdown_cell(column.description + values + (" (partition)" if is_partition else ""))
    meaning_zh = column.description_zh + (f"：{names}" if names else "") + ("（分区）" if is_partition else "")
    name = f"`{inside}{column.name}`{f' {mark}' if mark else ''}"
    texts = (name, column.label_zh, column.type, column.unit or "", meaning, markdown_cell(meaning_zh))
    row = f"| {' | '.join(texts)} |"
    return "\n".join([row, *(_row(member, "", f"{column.name}.") for member in column.fields)])


if __name__ == "__main__":
    sys.stdout.write(dictionary(load_schema()))
