"""A briefing: markets, the chat's industries and instruments, its newest signals and stories. Unknown values are left out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.notifier.domain.alert_text import TIMEFRAMES
from services.notifier.domain.formatting import percent
from services.notifier.domain.instruments import InstrumentIndex
from services.notifier.domain.news_replies import news_text
from services.notifier.domain.preferences import local_time, zone_of
from services.notifier.domain.quality_text import record
from services.notifier.domain.recipients import Chat
from services.notifier.domain.replies import display_name
from services.notifier.domain.rule_texts import name
from services.notifier.domain.telegram_html import escape
from services.notifier.words.catalogue import phrase
from shared.events import IndustryView, Quote, Signal, Story

HOUR: Final = 18
"""Hour of the day, in the chat's zone, from which the day's briefing is sent."""
MARKETS: Final = 4
INDUSTRIES: Final = 5
INSTRUMENTS: Final = 10
SIGNALS: Final = 5
STORIES: Final = 3


@dataclass(frozen=True)
class BriefingData:
    """All input of a briefing."""

    markets: Sequence[IndustryView] = ()
    industries: Sequence[IndustryView] = ()
    quotes: Sequence[Quote] = ()
    """Of watched instruments."""
    signals: Sequence[Signal] = ()
    """Newest first."""
    stories: Sequence[Story] = ()


def briefing_text(data: BriefingData, chat: Chat, index: InstrumentIndex, now: int) -> str:
    """The briefing as Telegram HTML; fits a message for all values."""
    language = chat.language
    lines = [phrase(language, "brief", at=local_time(now, chat))]
    for key, views, most in (("brief-markets", data.markets, MARKETS), ("brief-industries", data.industries, INDUSTRIES)):
        if views:
            lines += ["", phrase(language, key), *(_view_line(view, index, language) for view in views[:most])]
    moved = sorted(
        (quote for quote in data.quotes if quote.change_percent is not None), key=lambda each: -abs(each.change_percent or 0)
    )
    if moved:
        lines += ["", phrase(language, "brief-watched")]
        lines += [f"{_shown(quote.symbol, index, language)} {percent(quote.change_percent)}" for quote in moved[:INSTRUMENTS]]
    if data.signals:
        lines += ["", phrase(language, "brief-signals"), *(_signal_line(each, index, language) for each in data.signals[:SIGNALS])]
    if data.stories:
        lines += ["", news_text(data.stories[:STORIES], "", language)]
    if len(lines) == 1:
        lines.append(phrase(language, "brief-empty"))
    if any(view.replayed for view in (*data.markets, *data.industries)):
        lines.append(phrase(language, "replayed"))
    return "\n".join([*lines, phrase(language, "advice")])


def briefing_day(chat: Chat, now: int) -> str | None:
    """The day whose briefing is due, as ``2026-11-29``; None before ``HOUR`` in the chat's zone and on weekends."""
    local = dt.datetime.fromtimestamp(now / 1000, zone_of(chat))
    return None if local.hour < HOUR or local.weekday() > 4 else f"{local:%Y-%m-%d}"


def _view_line(view: IndustryView, index: InstrumentIndex, language: str) -> str:
    shown = escape((view.name_ko if language == "ko" else view.name_en) or view.industry, 40)
    line = f"{shown} {percent(view.median_move)} (▲{view.advances} ▼{view.declines})"
    if view.leaders:
        line += f" · {_shown(view.leaders[0].symbol, index, language)} {percent(view.leaders[0].move)}"
    return line


def _signal_line(signal: Signal, index: InstrumentIndex, language: str) -> str:
    arrow = "▲" if signal.direction == "up" else "▼"
    about = f"{arrow} {_shown(signal.symbol, index, language)} · {escape(name(signal.rule, language), 32)}"
    return f"{about} · {TIMEFRAMES[language][signal.timeframe]}: {escape(record(signal, language), 120)}"


def _shown(symbol: str, index: InstrumentIndex, language: str) -> str:
    return escape(display_name(index.get(symbol), language), 40)
