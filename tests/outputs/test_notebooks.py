"""The notebooks run on the sample, say what is known of it, and lie in the repository without their results."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.shared import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SAID = {
    "budget": (
        "8,652,600.00",
        "2,000.00",
        "No self-evaluation in this dataset.",
        "No document of this dataset announces",
    ),
    "money": (
        "Nothing to draw in this dataset: Spending by function 各类支出",
        "Nothing to draw in this dataset: Documents whose totals agree 勾稽关系",
    ),
    "targets": (
        "14 of 70 targets are a verb and no more",
        "长效管理机制健全性和执行有效性",
        "funds.life_over_single_year",
    ),
}
DRAWN = {"budget": 2, "money": 0, "targets": 5}


def results(notebook: Path) -> list[Any]:
    """What the cells of a notebook put out, one after the other."""
    from nbclient import NotebookClient  # loads Jupyter

    book = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
    client = NotebookClient(book, timeout=240, resources={"metadata": {"path": str(notebook.parent)}})
    return [output for cell in client.execute().cells for output in cell.get("outputs", [])]


def test_there_is_no_other_notebook() -> None:
    assert {notebook.stem for notebook in NOTEBOOKS} == set(SAID) == set(DRAWN)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.stem)
def test_results_are_not_in_the_repository(notebook: Path) -> None:
    book = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in code), f"clear all outputs of {notebook.name}"


@pytest.mark.service  # a kernel
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.stem)
def test_notebooks_run_on_the_sample(
    notebook: Path, sample_dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUDGET_FORMS_OUT", str(sample_dataset))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    for name in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name))
    outputs = results(notebook)
    warned = [output.text for output in outputs if output.output_type == "stream" and output.name == "stderr"]
    assert not warned  # of characters that the font does not have, among others
    texts = [output.text if output.output_type == "stream" else output.data["text/plain"] for output in outputs]
    for said in SAID[notebook.stem]:
        assert said in "\n".join(texts)
    assert sum("image/png" in output.get("data", {}) for output in outputs) == DRAWN[notebook.stem]
