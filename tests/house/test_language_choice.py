"""Which language is spoken: what is asked for, else what the locale says."""

from __future__ import annotations

import pytest
from iotriage.queries.language import LANGUAGES
from iotriage.tui.language_choice import asked_for, choose


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "ja"}, "ja"),
        ({"LANG": "ja.UTF-8"}, "ja"),
        ({"LANG": "jam_JM.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "ja_JP.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "en"),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": ""}, "ja"),
        ({"LANG": "C.UTF-8", "LC_CTYPE": "ja_JP.UTF-8"}, "en"),
    ],
)
def test_what_the_locale_says(environment: dict[str, str], language: str) -> None:
    assert choose(None, environment, utf8=True).language == language
    assert choose(None, environment, utf8=False).language == "en"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_asked_for_outweighs_the_locale(language: str) -> None:
    for locale in ("ja_JP.UTF-8", "en_US.UTF-8"):
        assert choose(language, {"LC_ALL": locale}, utf8=True).language == language


def test_the_reason_is_told() -> None:
    assert choose("ja", {}, utf8=True).why == "it was asked for"
    assert choose("ja", {}, utf8=False).why == "ja needs a locale of UTF-8"
    assert choose(None, {"LC_ALL": "ja_JP.UTF-8"}, utf8=True).why == "of the locale ja_JP.UTF-8"


@pytest.mark.parametrize(
    ("words", "variable", "setting", "asked"),
    [
        ([], None, None, None),
        ([], None, "ja", "ja"),
        ([], "ja", "en", "ja"),
        (["--lang", "en"], "ja", "ja", "en"),
        (["ask", "users", "--lang=ja"], "en", None, "ja"),
        (["--lang", "en", "--lang", "ja"], None, None, "ja"),
        (["--lang"], None, "ja", "ja"),
        (["--lang", "fr"], "ja", None, None),
        ([], "", "ja", "ja"),
    ],
)
def test_flag_then_variable_then_setting(
    words: list[str], variable: str | None, setting: str | None, asked: str | None
) -> None:
    environment = {} if variable is None else {"IOTRIAGE_LANG": variable}
    assert asked_for(words, environment, setting) == asked
