"""Why a chat got an alert: the values that the rule fired on, and which of the chat's choices asked for it."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Final

from services.notifier.domain import rule_texts
from services.notifier.domain.alert_text import bar_line, title
from services.notifier.domain.decimals import volume
from services.notifier.domain.formatting import number, price
from services.notifier.domain.instruments import KnownInstrument
from services.notifier.domain.recipients import Chat
from services.notifier.domain.telegram_html import escape
from services.notifier.words.catalogue import phrase
from shared.events import Signal
from shared.sequences import is_event

SHOWN_VALUES: Final = 12
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
    | {"session_high_close", "session_low_close"}
)
"""Columns that are prices, without their parameters."""


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
    values = [(name, value) for name, value in signal.evidence.items() if value is not None][:SHOWN_VALUES]
    if values:
        lines.append(phrase(language, "why-values"))
        lines += [f"<code>{escape(name, 48)}</code> {_shown(name, value, instrument, language)}" for name, value in values]
    return "\n".join(lines)


def _shown(name: str, value: float, instrument: KnownInstrument, language: str) -> str:
    """A value of the bar: prices with the decimals of the instrument, volumes in units."""
    base = name.rstrip("0123456789_")
    if base in PRICES:
        return escape(price(value, instrument, currency=False), 40)
    return volume(value, language) if base.startswith("volume") and math.isfinite(value) else number(value)


def _reason(signal: Signal, chat: Chat, watched: Collection[str], industries: Collection[str]) -> str:
    language = chat.language
    if signal.condition:
        return phrase(language, "why-condition")
    if signal.symbol in watched:
        return phrase(language, "why-watched")
    if industries:
        return phrase(language, "why-industry", names=escape(", ".join(sorted(industries)), 120))
    return phrase(language, "why-all" if chat.watch_all else "why-no-more")


def _sort(signal: Signal, chat: Chat) -> str:
    language = chat.language
    if signal.condition:
        return phrase(language, "why-sort-condition")
    if chat.choice(signal.rule) is not None:
        return phrase(language, "why-sort-chosen", rule=escape(signal.rule, 48))
    if is_event(signal.rule, signal.params):
        return phrase(language, "why-sort-event")
    validated = signal.quality is not None and signal.quality.validated
    return phrase(language, "why-sort-validated" if validated else "why-sort-unproven")
