"""The text of an alert. Every value comes from the signal or the instrument's row; unknown values are left out."""

from __future__ import annotations

import math
from typing import Final
from urllib.parse import quote

from services.notifier.domain import rule_texts
from services.notifier.domain.charts import ChartBar, ChartRequest, oscillator, overlays, price_level, shape
from services.notifier.domain.decimals import volume
from services.notifier.domain.formatting import format_time, number, price
from services.notifier.domain.instruments import KnownInstrument
from services.notifier.domain.messages import ACTION_LENGTH, Button, Buttons
from services.notifier.domain.preferences import local_time
from services.notifier.domain.quality_text import record
from services.notifier.domain.recipients import Chat
from services.notifier.domain.rule_texts import LevelKind
from services.notifier.domain.telegram_html import clean, escape
from services.notifier.domain.timeframe_names import TIMEFRAMES
from services.notifier.words.catalogue import phrase
from shared.events import Pattern, Signal

NAME_LENGTH: Final = 60
SENTENCE_LENGTH: Final = 240


def title(instrument: KnownInstrument, language: str) -> str:
    """The instrument as a heading: both names, the one in ``language`` first, and the symbol. Not escaped."""
    names = (instrument.name_ko, instrument.name_en) if language == "ko" else (instrument.name_en, instrument.name_ko)
    shown = [clean(name, NAME_LENGTH) for name in names if name]
    first, *others = shown or [clean(instrument.symbol, 32)]
    more = [other for other in others if other != first]
    head = f"{first} ({more[0]})" if more else first
    return f"{head} · {clean(instrument.symbol, 32)}" if shown else head


def alert_text(
    signal: Signal, instrument: KnownInstrument, language: str, *, repeat: bool = False, chat: Chat | None = None
) -> str:
    """The alert as Telegram HTML; fits a caption (1,024 UTF-16 units) for all values. ``chat``: whose time zone is shown."""
    arrow = "▲" if signal.direction == "up" else "▼"
    rule = escape(rule_texts.name(signal.rule, language), 48)
    lines = [
        f"{arrow} <b>{escape(title(instrument, language), 170)}</b>",
        f"<b>{rule}</b>: {escape(rule_texts.sentence(signal, language), SENTENCE_LENGTH)}",
        price_line(signal, instrument, language),
        bar_line(signal, language, chat),
        f"{phrase(language, 'alert-record')}: {escape(record(signal, language), 240)}",
        *marks(language, replayed=signal.replayed, provisional=signal.provisional, repeat=repeat),
    ]
    return "\n".join(lines)


def price_line(signal: Signal, instrument: KnownInstrument, language: str, *, level: bool = True) -> str:
    """The price, and the level of the rule unless ``level`` is false."""
    line = f"{phrase(language, 'alert-price')}: {escape(price(signal.price, instrument), 40)}"
    if signal.level is None or not level:
        return line
    kind = rule_texts.level_kind(signal.rule)
    shown = _level(signal.level, kind, instrument, language)
    return f"{line} · {phrase(language, f'alert-level-{kind}')}: {escape(shown, 40)}"


def bar_line(signal: Signal, language: str, chat: Chat | None = None) -> str:
    """The timeframe of the bar and its close."""
    at = format_time(signal.ts_event) if chat is None else local_time(signal.ts_event, chat)
    return f"{phrase(language, 'alert-bar')}: {TIMEFRAMES[language][signal.timeframe]}, {at}"


def marks(language: str, *, replayed: bool, provisional: bool, repeat: bool) -> list[str]:
    """The last lines of an alert: what limits its meaning."""
    known = ((replayed, "⏪", "replayed"), (provisional, "⏳", "provisional"), (repeat, "🔁", "repeat"))
    lines = [f"{sign} {phrase(language, f'alert-{mark}')}" for shown, sign, mark in known if shown]
    return [*lines, f"<i>{phrase(language, 'alert-advice')}</i>"]


def _level(value: float, kind: LevelKind, instrument: KnownInstrument, language: str) -> str:
    if kind == "price":
        return price(value, instrument)
    return volume(value, language) if kind == "volume" and math.isfinite(value) else number(value)


def alert_buttons(signal: Signal, language: str, page: str = "") -> Buttons:
    """The buttons under an alert: its reason, its record, mute and settings. ``page``: the page's address, for a link."""
    about = (
        Button(phrase(language, "alert-why"), f"why {signal.id}"[:ACTION_LENGTH]),
        Button(phrase(language, "alert-show-record"), f"record {signal.id}"[:ACTION_LENGTH]),
    )
    chosen = (
        Button(phrase(language, "alert-mute"), "mute 1h"),
        Button(phrase(language, "mute-tomorrow"), "mute tomorrow"),
        Button(phrase(language, "alert-settings"), "settings"),
    )
    if not page:
        return about, chosen
    address = f"#/instrument/{quote(signal.symbol, safe='')}?timeframe={signal.timeframe.row.api}"
    return about, chosen, (Button(phrase(language, "alert-page"), url=f"{page.rstrip('/')}/{address}"),)


def chart_request(
    signal: Signal,
    instrument: KnownInstrument,
    language: str,
    bars: tuple[ChartBar, ...],
    *,
    pattern: Pattern | None = None,
    dark: bool = False,
) -> ChartRequest:
    """The chart of a signal: title, bars, overlays, the indicator or the pattern that fired, and the level where it is a price."""
    heading = f"{title(instrument, language)} · {TIMEFRAMES[language][signal.timeframe]} · {rule_texts.name(signal.rule, language)}"
    return ChartRequest(
        title=clean(heading, 160),
        bars=bars,
        overlays=() if pattern is not None else overlays(signal),
        oscillator=oscillator(signal),
        shape=None if pattern is None or not pattern.pivots else shape(pattern, signal.ts_event),
        dark=dark,
        fired_at=signal.ts_event,
        direction=signal.direction,
        level=price_level(signal) if rule_texts.level_kind(signal.rule) == "price" else None,
        kind=instrument.kind,
        currency=instrument.currency,
        language="ko" if language == "ko" else "en",
        note=phrase(language, "alert-replayed") if signal.replayed else "",
    )
