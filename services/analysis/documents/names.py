"""The names of rules and chart patterns, for those who must know them without knowing analysis: ``shared/events/names.json``."""

from __future__ import annotations

import msgspec

from services.analysis.domain.patterns.table import PATTERNS
from services.analysis.domain.rules.table import RULES


def text() -> str:
    """The names as JSON: a chart pattern that breaks out is told as a signal too, with its own name for a rule."""
    patterns = [pattern.name for pattern in PATTERNS]
    names = {"rules": [*(rule.name for rule in RULES), *patterns], "patterns": patterns}
    return msgspec.json.format(msgspec.json.encode(names), indent=1).decode() + "\n"
