"""Texts of the page: every rule has a name in Korean and English."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from services.analysis.kernels.patterns.table import PATTERNS
from services.analysis.kernels.rules.table import RULES

TRANSLATIONS = Path(__file__).parents[2] / "services/gateway/page/src/translations.ts"


@pytest.mark.parametrize("rule", [*(each.name for each in RULES), *(each.name for each in PATTERNS)])
def test_every_rule_has_a_name_in_both_languages(rule: str) -> None:
    named = TRANSLATIONS.read_text(encoding="utf-8").split("const RULES", 1)[1].split("\n};", 1)[0]
    found = re.search(rf'^  {rule}: \["([^"]+)", "([^"]+)"\],$', named, re.MULTILINE)
    assert found is not None, f"translations.ts has no name of the rule {rule}"
    assert re.search("[가-힣]", found[2]), f"the second name of {rule} is not Korean"
