"""The page's words: every rule has a name in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from services.analysis.kernels.patterns.table import PATTERNS
from services.analysis.kernels.rules.table import RULES

WORDS = Path(__file__).parents[2] / "services/gateway/page/src/words.ts"


@pytest.mark.parametrize("rule", [*(each.name for each in RULES), *(each.name for each in PATTERNS)])
def test_every_rule_has_its_words_on_the_page(rule: str) -> None:
    named = WORDS.read_text(encoding="utf-8").split("const RULES", 1)[1].split("\n};", 1)[0]
    found = re.search(rf'^  {rule}: \["([^"]+)", "([^"]+)"\],$', named, re.MULTILINE)
    assert found is not None, f"words.ts has no words for the rule {rule}"
    assert re.search("[가-힣]", found[2]), f"the second of the words for {rule} is not Korean"
