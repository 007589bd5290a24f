"""Why a chat got an alert: the values that the rule fired on, and which of the chat's choices asked for it."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Final

from services.notifier.domain import rule_texts
from services.notifier.domain.alert_text import bar_line, title
from services.notifier.domain.condition_words import value_words
from services.notifier.domain.decimals import volume
from services.notifier.domain.formatting import number, price
from services.notifier.domain.industry_names import industry_label
from services.notifier.domain.instruments import KnownInstrument
from services.notifier.domain.recipients import Chat
from services.notifier.domain.telegram_html import escape
from services.notifier.words.catalogue import phrase
from shared.events import Signal
from shared.sequences import is_event

SHOWN_VALUES: Final = 12
BEFORE: Final = ".prev"
"""The end of the name of a value of the bar before."""
PRICES: Final = frozenset(
    {
        "open",
        "high",
        "low",
        "close",
        "sma",
        "ema",
        "bb_upper",
        "bb_middle",
        "bb_lower",
        "atr",
        "vwap",
        "all_time_high",
        "all_time_low",
    }
    | {"prev_session_close", "prev_session_high", "prev_session_low", "session_high", "session_low"}
    | {"session_high_close", "session_low_close", "high_52w", "low_52w", "target", "invalidation"}
)
"""Columns that are prices, without their parameters."""
VOLUMES: Final = frozenset({"volume", "volume_sma"})


def why_text(signal: Signal, instrument: KnownInstrument, chat: Chat, watched: Collection[str], industries: Collection[str]) -> str:
    """The reply. ``watched``: the chat's symbols; ``industries``: those of the instrument that the chat watches."""
    language = chat.language
    lines = [
        f"<b>{escape(title(instrument, language), 120)}</b>",
        f"<b>{escape(rule_texts.name(signal.rule, language), 48)}</b>: {escape(rule_texts.sentence(signal, language), 600)}",
        bar_line(signal, language, chat),
        phrase(language, "why-reason", reason=_reason(signal, chat, watched, industries)),
        phrase(language, "why-sort", sort=_sort(signal, chat)),
    ]
    values = [(name, value) for name, value in signal.evidence.items() if value is not None and not name.endswith(BEFORE)]
    if values:
        lines.append(phrase(language, "why-values"))
        lines += [_value_line(name, value, signal, instrument, language) for name, value in values[:SHOWN_VALUES]]
    return "\n".join(lines)


def _value_line(name: str, value: float, signal: Signal, instrument: KnownInstrument, language: str) -> str:
    """A value in words, with that of the bar before where it is known."""
    line = f"{escape(value_words(name, language), 80)}: {_shown(name, value, instrument, language)}"
    before = signal.evidence.get(name + BEFORE)
    if before is None:
        return line
    return f"{line} ({phrase(language, 'why-before', value=_shown(name, before, instrument, language))})"


def _shown(name: str, value: float, instrument: KnownInstrument, language: str) -> str:
    """A value of the bar: prices with the decimals of the instrument, volumes in units."""
    base = name if name in PRICES else name.rstrip("0123456789_")
    if base in PRICES:
        return escape(price(value, instrument, currency=False), 40)
    return volume(value, language) if base in VOLUMES and math.isfinite(value) else number(value)


def _reason(signal: Signal, chat: Chat, watched: Collection[str], industries: Collection[str]) -> str:
    language = chat.language
    if signal.condition:
        return phrase(language, "why-condition")
    if signal.symbol in watched:
        return phrase(language, "why-watched")
    if industries:
        return phrase(
            language, "why-industry", names=escape(", ".join(industry_label(each, language) for each in sorted(industries)), 120)
        )
    return phrase(language, "why-all" if chat.watch_all else "why-no-more")


def _sort(signal: Signal, chat: Chat) -> str:
    language = chat.language
    if signal.condition:
        return phrase(language, "why-sort-condition")
    if chat.choice(signal.rule) is not None:
        return phrase(language, "why-sort-chosen", rule=escape(rule_texts.name(signal.rule, language), 48))
    if is_event(signal.rule, signal.params):
        return phrase(language, "why-sort-event")
    validated = signal.quality is not None and signal.quality.validated
    return phrase(language, "why-sort-validated" if validated else "why-sort-unproven")
