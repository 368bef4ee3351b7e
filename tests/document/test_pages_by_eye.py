"""Forms whose every value was compared with the picture of its page: they are read the same, page by page.

`tests/data/forms-by-eye.json`: an indicator is level 1 to 3 and target, then weight, or weight, actual value and score,
where the form has them; a fund is scope, source and amount. The documents lie beside the checkout.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.document.result import DocumentResult
from pipeline.run.read_document import read_document

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
COMPARED = json.loads((Path(__file__).parents[1] / "data" / "forms-by-eye.json").read_text(encoding="utf-8"))
COLUMNS = {
    4: ("level1", "level2", "level3", "target"),
    5: ("level1", "level2", "level3", "target", "weight"),
    7: ("level1", "level2", "level3", "target", "weight", "actual", "score"),
}


def text(value: object) -> str | None:
    return None if value is None else str(value)


def read(extraction: DocumentResult, form: dict[str, Any]) -> dict[str, Any]:
    """What was read of a form, in the shape of the file."""
    tables = extraction.tables
    names = (form["form_kind"], form.get("project_name"))
    (row,) = (row for row in tables["forms"] if (row["form_kind"], row["project_name"]) == names)
    columns = COLUMNS[len(form["indicators"][0])]
    return {
        **{name: row.get(name) for name in form},
        "pages": [row["page_first"], row["page_last"]],
        "funds": [
            [fund["scope"], fund["source"], fund["amount_text"]]
            for fund in tables["funds"]
            if fund["form_id"] == row["form_id"]
        ],
        "indicators": [
            [text(indicator[name]) for name in columns]
            for indicator in tables["indicators"]
            if indicator["form_id"] == row["form_id"]
        ],
    }


@pytest.mark.skipif(not CORPUS.is_dir(), reason="no documents beside the checkout")
@pytest.mark.parametrize("document", COMPARED, ids=lambda document: str(document["file"]))
def test_pages_are_read_as_they_look(document: dict[str, Any]) -> None:
    for form in document["forms"]:
        first, last = form["pages"]
        assert read(read_document(CORPUS / document["file"], pages=(first, last)), form) == form
