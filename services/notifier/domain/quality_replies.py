"""The bot's answer to /quality: what followed past signals of a rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.notifier.domain.conditions import RULE as CONDITION
from services.notifier.domain.quality_text import quality_text
from services.notifier.domain.rule_texts import name
from services.notifier.domain.telegram_html import escape
from services.notifier.domain.timeframe_names import TIMEFRAMES
from services.notifier.words.catalogue import phrase
from shared.events import SignalQuality, Timeframe

MOST_LINES: Final = 24
LEAST: Final = 30
"""Effective signals that make an instrument's or an industry's record specific enough, as in alerts."""
LEVELS: Final = ("instrument", "industry", "all")


@dataclass(frozen=True)
class RuleRecord:
    """A stored record of a rule."""

    params: str
    """As ``fast=50,slow=200``."""
    direction: str
    timeframe: Timeframe
    shown: bool
    """Alerts show this horizon."""
    quality: SignalQuality


def chosen(records: Sequence[RuleRecord]) -> list[RuleRecord]:
    """Of each parameter set, direction and timeframe the records of the most specific level with enough evidence."""
    found: list[RuleRecord] = []
    for key in dict.fromkeys((each.params, each.direction, each.timeframe) for each in records):
        mine = [each for each in records if (each.params, each.direction, each.timeframe) == key]
        for level in LEVELS:
            own = [each for each in mine if each.quality.level == level]
            enough = {each.quality.group for each in own if each.shown and (level == "all" or each.quality.effective_n >= LEAST)}
            if enough:
                best = min(enough, key=lambda group: (not any(r.quality.validated for r in own if r.quality.group == group), group))
                found += sorted((each for each in own if each.quality.group == best), key=lambda each: each.quality.horizon_bars)
                break
    return found


def quality_reply(rule: str, records: Sequence[RuleRecord], language: str) -> str:
    """The records of a rule as Telegram HTML, one line each."""
    title = f"<b>{escape(name(rule, language), 48)}</b>"
    if rule == CONDITION:
        return f"{title}\n{phrase(language, 'quality-condition')}"
    title += f" (<code>{escape(rule, 48)}</code>)"
    if not records:
        return f"{title}\n{phrase(language, 'quality-none')}"
    lines = [title]
    for each in records[:MOST_LINES]:
        arrow = "▲" if each.direction == "up" else "▼"
        values = ", ".join(part.partition("=")[2] for part in each.params.split(",") if part)
        about = " ".join(filter(None, (arrow, values and f"({values})", TIMEFRAMES[language][each.timeframe.value])))
        mark = "✅ " if each.quality.validated else ""
        lines.append(f"{mark}{escape(about, 80)}: {escape(quality_text(each.quality, each.timeframe, language), 240)}")
    if len(records) > MOST_LINES:
        lines.append(phrase(language, "quality-more", count=len(records) - MOST_LINES))
    return "\n".join([*lines, phrase(language, "quality-how"), phrase(language, "advice")])
