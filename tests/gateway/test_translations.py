"""Words of the page: both catalogues have the same messages, and every rule has a name in Korean and English."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from services.analysis.kernels.patterns.table import PATTERNS
from services.analysis.kernels.rules.table import RULES

WORDS = Path(__file__).parents[2] / "shared" / "words"


def messages(language: str, *files: str) -> dict[str, str]:
    """The messages of a catalogue by their names."""
    text = "".join((WORDS / language / name).read_text(encoding="utf-8") for name in files or ("page.ftl",))
    return dict(re.findall(r"^([a-z][\w-]*) =((?:.*\n)(?:[ ]+.*\n)*)", text, re.MULTILINE))


def test_both_languages_have_the_same_messages_with_the_same_values() -> None:
    english, korean = messages("en"), messages("ko")
    assert list(english) == list(korean)
    assert english

    def values(text: str) -> set[str]:
        return set(re.findall(r"\$\w+", text))

    assert {name: values(text) for name, text in english.items()} == {name: values(text) for name, text in korean.items()}


@pytest.mark.parametrize("rule", [*(each.name for each in RULES), *(each.name for each in PATTERNS)])
def test_every_rule_has_a_name_in_both_languages(rule: str) -> None:
    name = f"rule-{rule.replace('_', '-')}"
    files = ("rules.ftl", "patterns.ftl")
    assert messages("en", *files).get(name), f"the catalogue has no name of the rule {rule}"
    assert re.search("[가-힣]", messages("ko", *files).get(name, "")), f"the Korean name of {rule} is missing"
