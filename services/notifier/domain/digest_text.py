"""Several signals in one message: those of one instrument and bar, or a digest of many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from services.notifier.domain import rule_texts
from services.notifier.domain.alert_text import bar_line, marks, price_line, title
from services.notifier.domain.instruments import InstrumentIndex, KnownInstrument
from services.notifier.domain.messages import Button, Buttons
from services.notifier.domain.preferences import local_time
from services.notifier.domain.quality_text import record
from services.notifier.domain.recipients import Chat
from services.notifier.domain.replies import display_name
from services.notifier.domain.telegram_html import escape
from services.notifier.domain.timeframe_names import TIMEFRAMES
from services.notifier.words.catalogue import phrase
from shared.events import Signal

SHOWN_RULES: Final = 3
"""Rules of a group with their sentences and records: the message is a caption."""
SHOWN_LINES: Final = 30
"""Signals of a digest."""


def group_text(signals: Sequence[Signal], instrument: KnownInstrument, chat: Chat, *, repeat: bool) -> str:
    """Signals of one instrument on one bar, as Telegram HTML; fits a caption for all values."""
    first, language = signals[0], chat.language
    lines = [f"{_arrows(signals)} <b>{escape(title(instrument, language), 120)}</b>"]
    for signal in signals[:SHOWN_RULES]:
        rule = escape(rule_texts.name(signal.rule, language), 32)
        lines.append(f"{_arrow(signal)} <b>{rule}</b>: {escape(rule_texts.sentence(signal, language), 96)}")
        lines.append(f"    {escape(record(signal, language), 96)}")
    if len(signals) > SHOWN_RULES:
        lines.append(phrase(language, "digest-more", count=len(signals) - SHOWN_RULES))
    lines += [price_line(first, instrument, language, level=False), bar_line(first, language, chat)]
    lines += marks(language, replayed=first.replayed, provisional=first.provisional, repeat=repeat)
    return "\n".join(lines)


def digest_text(signals: Sequence[Signal], index: InstrumentIndex, chat: Chat, *, repeat: bool) -> str:
    """Many signals, one line each, with how many there are and why they come together. Fits a message for all values."""
    language = chat.language
    instruments = len({signal.symbol for signal in signals})
    why = phrase(language, "digest-why-chosen" if chat.pace == "digest" else "digest-why-many")
    lines = [phrase(language, "digest", count=len(signals), instruments=instruments), why]
    ups = Counter(signal.direction for signal in signals)
    lines.append(f"▲{ups['up']} ▼{ups['down']}")
    newest = sorted(signals, key=lambda each: (-_rank(each), -each.ts_event))[:SHOWN_LINES]
    for signal in newest:
        name = escape(display_name(index.get(signal.symbol), language), 32)
        rule = escape(rule_texts.name(signal.rule, language), 32)
        proven = " ✅" if _rank(signal) else ""
        lines.append(f"{_arrow(signal)} {name} · {rule}{proven} · {TIMEFRAMES[language][signal.timeframe]}")
    if len(signals) > SHOWN_LINES:
        lines.append(phrase(language, "digest-more", count=len(signals) - SHOWN_LINES))
    last = max(signal.ts_event for signal in signals)
    lines.append(f"{phrase(language, 'at')}: {local_time(last, chat)}")
    replayed, provisional = any(each.replayed for each in signals), any(each.provisional for each in signals)
    return "\n".join([*lines, *marks(language, replayed=replayed, provisional=provisional, repeat=repeat)])


def digest_buttons(language: str) -> Buttons:
    """The buttons under a digest."""
    signals, pace = phrase(language, "digest-signals"), phrase(language, "settings-open-pace")
    return ((Button(signals, "signals"), Button(pace, "settings pace")),)


def _rank(signal: Signal) -> int:
    """Signals with a validated record come first."""
    return int(signal.quality is not None and signal.quality.validated)


def _arrow(signal: Signal) -> str:
    return "▲" if signal.direction == "up" else "▼"


def _arrows(signals: Sequence[Signal]) -> str:
    return "".join(sorted({_arrow(signal) for signal in signals}))
