"""Turns an SQL error of DuckDB into one line with the position."""

from __future__ import annotations

import json
from typing import Any

from pipeline.errors import UsageError

PLACED = "SET errors_as_json = true"
"""With this setting all errors of DuckDB have a position, not only those with an arrow below the SQL."""


def sql_error(sql: str, message: str) -> UsageError:
    """The error for DuckDB's `message` about `sql`; line and column are counted from 1."""
    kind, brace, told = message.partition("{")
    try:
        details: dict[str, Any] = json.loads(brace + told)
    except ValueError:
        return UsageError("usage.sql", message)
    text = f"{kind}{details.get('exception_message', '')}"
    if "position" not in details:
        return UsageError("usage.sql", text)
    before = sql.encode()[: int(details["position"])].decode(errors="ignore")  # positions count bytes
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return UsageError("usage.sql", f"SQL line {line}, column {column}: {text}")
