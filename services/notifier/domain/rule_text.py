"""The text of a rule: its name, and a sentence for each direction, in Korean and English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LevelKind = Literal["price", "value", "volume"]


@dataclass(frozen=True)
class RuleText:
    """A rule's name, and a sentence for each direction, in both languages."""

    ko: str
    en: str
    up_ko: str
    up_en: str
    down_ko: str
    down_en: str
    level: LevelKind = "price"
    """What ``Signal.level`` is: a price in the instrument's currency, an indicator's value, or a volume."""


def rule_text(ko: str, en: str, sentence_ko: str, sentence_en: str, level: LevelKind = "price") -> RuleText:
    """A rule that fires in one direction only, or has the same sentence for both."""
    return RuleText(ko, en, sentence_ko, sentence_en, sentence_ko, sentence_en, level)
