"""Which language a person gets."""

from __future__ import annotations

import pytest

from pipeline.errors import UsageError
from pipeline.language import language_of, language_of_browser


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "zh_TW"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "BUDGET_FORMS_LANG": "en"}, "en"),
        ({"BUDGET_FORMS_LANG": "zh"}, "zh"),
    ],
)
def test_the_setting_and_then_the_environment_decide(environment: dict[str, str], expected: str) -> None:
    assert language_of(environment=environment) == expected
    assert language_of("en", environment) == "en"


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(UsageError, match="'fr'"):
        language_of(environment={"BUDGET_FORMS_LANG": "fr"})


def test_the_browser_decides_unless_a_setting_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BUDGET_FORMS_LANG", raising=False)
    assert [language_of_browser(told) for told in ("zh-CN,en;q=0.5", "en-GB,zh", "fr,zh;q=0.5", "", "*")] == [
        *("zh", "en", "zh", "en", "en")
    ]
    assert language_of_browser("en", "zh") == "zh"
    monkeypatch.setenv("BUDGET_FORMS_LANG", "zh")
    assert language_of_browser("en") == "zh"
