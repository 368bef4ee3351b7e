"""`python -m pipeline.outputs.query PAGE DATASET`: writes the ready questions with their results to PAGE."""

from __future__ import annotations

import sys
from pathlib import Path

from pipeline.dataset.views import connect
from pipeline.outputs.query.page import BEGIN, questions_page

page, dataset = map(Path, sys.argv[1:])
before, begin, _ = page.read_text(encoding="utf-8").partition(BEGIN)
with connect(dataset) as connection:
    page.write_text(f"{before}{begin}\n{questions_page(connection)}", encoding="utf-8")
