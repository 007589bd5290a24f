"""The record of past signals in words: what was counted, beside any other day. Never a recommendation."""

from __future__ import annotations

from services.notifier.domain.formatting import percent
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
        return _none(timeframe, language)
    text = _validated(quality, timeframe, language) if quality.validated else _by_chance(quality, timeframe, language)
    group = _group(quality, language)
    return f"{text} [{group}]" if group else text


def _none(timeframe: Timeframe, language: str) -> str:
    """Bars within a session rarely go back the two years that a record takes."""
    if timeframe is Timeframe.D1:
        return "검증된 우위 없음 (기록 없음)" if language == "ko" else "no validated edge (no record yet)"
    word = timeframe.word
    return f"검증된 우위 없음 ({word} 신호의 기록 없음)" if language == "ko" else f"no validated edge (no record of {word} signals)"


def _validated(quality: SignalQuality, timeframe: Timeframe, language: str) -> str:
    years, span = f"{quality.years:.0f}", _span(quality.horizon_bars, timeframe, language)
    wins, mean, worst = f"{quality.win_rate * 100:.0f}%", percent(quality.mean_return, 1), percent(quality.worst, 0)
    if language == "ko":
        return f"지난 {years}년 표본 외: {quality.n}회 중 {wins} 적중, {span} 평균 {mean}, 최악 {worst}"
    return f"past {years} years, out of sample: {wins} of {quality.n}, {mean} in {span}, worst {worst}"


def _by_chance(quality: SignalQuality, timeframe: Timeframe, language: str) -> str:
    span, mean, base = (
        _span(quality.horizon_bars, timeframe, language),
        percent(quality.mean_return, 1),
        percent(quality.base_rate, 1),
    )
    if language == "ko":
        return f"아직 우연보다 낫지 않음: {span} 평균 {mean}, 아무 날이나 {base} (n = {quality.n}, {quality.dates}일)"
    return f"no better than chance so far: {mean} in {span}, any day {base} (n = {quality.n} on {quality.dates} days)"


def _span(bars: int, timeframe: Timeframe, language: str) -> str:
    daily = timeframe is Timeframe.D1
    if language == "ko":
        return f"{bars}{'일' if daily else '봉'}"
    return f"{bars} {'day' if daily else 'bar'}{'' if bars == 1 else 's'}"


def _group(quality: SignalQuality, language: str) -> str:
    """Whose signals these are; empty where the record does not say."""
    if not quality.group:
        return ""
    if quality.level == "all":
        return "모든 종목" if language == "ko" else "all instruments"
    if quality.level == "industry":
        return f"업종 {quality.group}" if language == "ko" else f"industry {quality.group}"
    return f"이 종목 {quality.group}" if language == "ko" else f"{quality.group} alone"
