"""The report in a real browser, in a window as narrow as a telephone's."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.outputs.summary.compute import compute_dataset_report
from pipeline.outputs.summary.render import render_dataset_report
from tests.browser import CHROMIUM, chromium

pytestmark = [pytest.mark.service, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")]

LEAST = 11  # pixels of a Chinese character that can be read


def test_a_narrow_window_shows_all_of_it_in_a_size_that_can_be_read(sample_dataset: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text(render_dataset_report(compute_dataset_report(sample_dataset, language="zh")), encoding="utf-8")
    with chromium(tmp_path / "profile") as browser:
        for width, drawing in ((390, "narrow"), (1280, "wide")):
            browser.open(page.as_uri(), width)
            assert browser.value("document.documentElement.scrollWidth") <= width
            shown = browser.value(
                "[...document.querySelectorAll('svg.bars')].filter(svg => svg.getBoundingClientRect().width)"
                ".map(svg => [svg.classList[1], svg.getBoundingClientRect().width / svg.viewBox.baseVal.width])"
            )
            assert shown
            assert {name for name, _ in shown} == {drawing}
            assert all(12 * scale >= LEAST for _, scale in shown)
        assert not browser.complaints
