"""The record of past signals in words: what was counted, beside any other day. Never a recommendation."""

from __future__ import annotations

from services.notifier.domain.formatting import percent
from services.notifier.domain.industry_names import industry_label
from services.notifier.domain.timeframe_names import TIMEFRAMES
from services.notifier.words.catalogue import phrase
from shared.events import Signal, SignalQuality, Timeframe


def record(signal: Signal, language: str) -> str:
    """The record that a signal carries."""
    return quality_text(signal.quality, signal.timeframe, language)


def quality_text(quality: SignalQuality | None, timeframe: Timeframe, language: str) -> str:
    """A record as a sentence, or a note that none has been computed.

    >>> quality_text(None, Timeframe.D1, "ko")
    '검증된 우위 없음 (기록 없음)'
    """
    if quality is None:
        if timeframe is Timeframe.D1:
            return phrase(language, "record-none")
        return phrase(
            language, "record-none-of", timeframe=TIMEFRAMES[language][timeframe.value]
        )  # bars of a session rarely go back two years
    fields = {
        "n": str(quality.n),
        "span": horizon_words(quality, timeframe, language),
        "mean": percent(quality.mean_return, 1),
    }
    if quality.validated:
        counted = {"years": f"{quality.years:.0f}", "wins": f"{quality.win_rate * 100:.0f}%", "worst": percent(quality.worst, 0)}
        text = phrase(language, "record-validated", **fields, **counted)
    else:
        dates = phrase(language, "record-days", bars=quality.dates)
        text = phrase(language, "record-chance", **fields, base=percent(quality.base_rate, 1), dates=dates)
    return f"{text} [{_group(quality, language)}]" if quality.group else text


def horizon_words(quality: SignalQuality, timeframe: Timeframe, language: str) -> str:
    """The horizon of a record: days of daily bars, else bars."""
    return phrase(language, "record-days" if timeframe is Timeframe.D1 else "record-bars", bars=quality.horizon_bars)


def _group(quality: SignalQuality, language: str) -> str:
    """Whose signals these are."""
    level = quality.level if quality.level in {"all", "industry"} else "instrument"
    group = industry_label(quality.group, language) if level == "industry" else quality.group
    return phrase(language, f"record-{level}", group=group)
