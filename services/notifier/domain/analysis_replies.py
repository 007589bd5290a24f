"""The replies to /analyze, /compare and /top. Unknown values are left out; nothing is a recommendation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from services.notifier.domain.analysis import SPANS, Facts
from services.notifier.domain.charts import ChartBar
from services.notifier.domain.decimals import DecimalPlaces, fixed
from services.notifier.domain.formatting import percent, price
from services.notifier.domain.instruments import InstrumentIndex, KnownInstrument
from services.notifier.domain.preferences import local_time
from services.notifier.domain.quality_text import record
from services.notifier.domain.recipients import Chat
from services.notifier.domain.replies import display_name, heading
from services.notifier.domain.rule_texts import name
from services.notifier.domain.story_text import headline
from services.notifier.domain.telegram_html import escape
from services.notifier.domain.timeframe_names import TIMEFRAMES
from services.notifier.words.catalogue import phrase
from shared.events import IndustryView, Pattern, Signal, Story

OVERBOUGHT: Final = 70.0
OVERSOLD: Final = 30.0
SHOWN_INDUSTRIES: Final = 5


def analysis_text(
    instrument: KnownInstrument,
    found: Facts,
    last: ChartBar,
    signals: Sequence[Signal],
    industries: Sequence[IndustryView],
    patterns: Sequence[Pattern],
    stories: Sequence[Story],
    chat: Chat,
) -> str:
    """Trend, indicators in words, patterns, the newest signals with their records, news and the industries. Fits a caption."""
    language = chat.language
    lines = [heading(instrument, language), f"{phrase(language, 'last-bar')}: {escape(price(found.close, instrument))}"]
    moves = [
        phrase(language, f"analyze-span-{span}", change=percent(value))
        for span, value in zip(SPANS, found.changes, strict=True)
        if value is not None
    ]
    lines += [" · ".join(moves)] if moves else []
    if found.trend is not None:
        lines.append(phrase(language, f"analyze-trend-{found.trend}"))
    if found.rsi is not None:
        state = "high" if found.rsi >= OVERBOUGHT else "low" if found.rsi <= OVERSOLD else "middle"
        lines.append(phrase(language, f"analyze-rsi-{state}", value=fixed(found.rsi, DecimalPlaces(0, 1))))
    if found.from_high is not None and found.from_low is not None:
        lines.append(phrase(language, "analyze-range", high=percent(found.from_high, 1), low=percent(found.from_low, 1)))
    if found.volume_ratio is not None:
        lines.append(phrase(language, "analyze-volume", ratio=fixed(found.volume_ratio, DecimalPlaces(1, 1))))
    lines += [_pattern_line(pattern, instrument, language) for pattern in patterns[:2]]
    lines += [_signal_line(signal, language) for signal in signals[:3]]
    lines += [f"📰 {headline(story, language, 70)}" for story in stories[:2]]
    for view in industries[:2]:
        shown = escape((view.name_ko if language == "ko" else view.name_en) or view.industry, 40)
        lines.append(phrase(language, "analyze-industry", name=shown, move=percent(view.median_move)))
    lines.append(f"{phrase(language, 'at')}: {local_time(last.ts_event, chat)}")
    if last.replayed:
        lines.append(phrase(language, "replayed"))
    return "\n".join([*lines, phrase(language, "advice")])


def compare_text(
    pair: Sequence[KnownInstrument], found: Sequence[Facts | None], together: tuple[float, int] | None, chat: Chat
) -> str:
    """Two instruments side by side."""
    language = chat.language
    lines = [" vs ".join(f"<b>{escape(display_name(each, language), 60)}</b>" for each in pair)]
    for i, span in enumerate(SPANS):
        values = [None if each is None else each.changes[i] for each in found]
        if any(value is not None for value in values):
            both = " / ".join(percent(value) for value in values)
            lines.append(phrase(language, f"analyze-span-{span}", change=both))
    swings = [None if each is None else each.volatility for each in found]
    if any(value is not None for value in swings):
        both = " / ".join("-" if value is None else f"{value * 100:.0f}%" for value in swings)
        lines.append(phrase(language, "compare-volatility", both=both))
    if together is not None:
        value = fixed(together[0], DecimalPlaces(2, 2))
        lines.append(phrase(language, "compare-correlation", value=value, days=together[1]))
    if len(lines) == 1:
        lines.append(phrase(language, "compare-unknown"))
    return "\n".join([*lines, phrase(language, "advice")])


def top_text(views: Sequence[IndustryView], index: InstrumentIndex, chat: Chat) -> str:
    """The industries that move most, each with its leader or laggard."""
    language = chat.language
    known = sorted((view for view in views if view.kind == "industry" and view.median_move is not None), key=_move)
    if not known:
        return phrase(language, "industries-none")
    best = [view for view in known[::-1] if _move(view) > 0][:SHOWN_INDUSTRIES]
    worst = [view for view in known if _move(view) < 0][:SHOWN_INDUSTRIES]
    lines = [] if best or worst else [phrase(language, "top-still")]
    if best:
        lines += [phrase(language, "top-best"), *(_industry_line(view, index, language, best=True) for view in best)]
    if worst:
        lines += [phrase(language, "top-worst"), *(_industry_line(view, index, language, best=False) for view in worst)]
    if any(view.replayed for view in known):
        lines.append(phrase(language, "replayed"))
    return "\n".join([*lines, phrase(language, "advice")])


def industries_with(symbol: str, views: Sequence[IndustryView]) -> list[IndustryView]:
    """The industries, not markets, that an instrument is in."""
    return [view for view in views if view.kind == "industry" and any(member.symbol == symbol for member in view.members)]


def _move(view: IndustryView) -> float:
    return view.median_move or 0.0


def _industry_line(view: IndustryView, index: InstrumentIndex, language: str, *, best: bool) -> str:
    shown = escape((view.name_ko if language == "ko" else view.name_en) or view.industry, 40)
    line = f"{percent(view.median_move)} {shown}"
    movers = view.leaders if best else view.laggards or view.leaders[-1:]
    if movers:
        line += f" · {escape(display_name(index.get(movers[0].symbol), language), 40)} {percent(movers[0].move)}"
    return line


def _pattern_line(pattern: Pattern, instrument: KnownInstrument, language: str) -> str:
    shown = f"{escape(name(pattern.pattern, language), 32)} · {TIMEFRAMES[language][pattern.timeframe]}"
    if pattern.level is None or not math.isfinite(pattern.level):
        return phrase(language, f"analyze-pattern-{pattern.status}-only", name=shown)
    return phrase(language, f"analyze-pattern-{pattern.status}", name=shown, level=escape(price(pattern.level, instrument), 32))


def _signal_line(signal: Signal, language: str) -> str:
    arrow = "▲" if signal.direction == "up" else "▼"
    about = f"{arrow} <b>{escape(name(signal.rule, language), 32)}</b> · {TIMEFRAMES[language][signal.timeframe]}"
    return f"{about}: {escape(record(signal, language), 110)}"
