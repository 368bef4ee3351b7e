"""The page of commands and settings follows from the program."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.shared import ROOT, environment

PAGE = (ROOT / "docs/commands.md").read_text(encoding="utf-8")


def test_the_page_of_commands_is_up_to_date() -> None:
    made = subprocess.run(
        [sys.executable, "-m", "pipeline.cli.reference"],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert made.stdout == PAGE, "run: python -m pipeline.cli.reference > docs/commands.md"


def test_every_variable_that_the_code_reads_is_in_the_table() -> None:
    code = "".join(
        path.read_text(encoding="utf-8") for name in ("pipeline", "flows") for path in (ROOT / name).rglob("*.py")
    )
    read = set(re.findall(r"environ(?:\.get|\.setdefault|\.pop)?[\[(]\s*\"([A-Z_]+)\"", code))
    read |= set(re.findall(r"_folder\(\"([A-Z_]+)\"", code)) | set(re.findall(r"\"(BUDGET_FORMS_[A-Z]+)\"", code))
    set_by_us = {"PREFECT_LOGGING_TO_API_ENABLED"}
    assert len(read) > 5
    assert sorted(name for name in read - set_by_us if f"`{name}`" not in PAGE) == []
