"""Spellings of timeframes: ``1h``, ``60m``, ``H1``, ``1 hour``, ``hourly``, ``1시간봉``."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from shared.events import Timeframe

_UNITS: Final = {
    "minute": "m min mins minute minutes 분 분봉",
    "hour": "h hr hrs hour hours hourly 시간 시간봉",
    "day": "d day days daily 일 일봉",
    "week": "w wk week weeks weekly 주 주봉",
    "month": "mo mon mn month months monthly 월 월봉 개월",
}
UNIT_WORDS: Final = {word: unit for unit, words in _UNITS.items() for word in words.split()}
"""The unit of every word for one."""
_MINUTES: Final = {"minute": 1, "hour": 60, "day": 1440, "week": 10_080}
_COUNTED: Final = re.compile(r"(\d{0,4})\s?-?\s?([A-Za-z]{1,8}|[가-힣]{1,3})")
_REVERSED: Final = re.compile(r"([DHWMdhwm])(\d{1,4})")


def timeframe(text: str) -> Timeframe | None:
    """The timeframe of a spelling as typed; ``1M`` is a month and ``1m`` a minute. None: it is no timeframe.

    >>> timeframe("60m"), timeframe("D1"), timeframe("hourly"), timeframe("1시간봉"), timeframe("2d")
    (<Timeframe.H1: '1h'>, <Timeframe.D1: '1d'>, <Timeframe.H1: '1h'>, <Timeframe.H1: '1h'>, None)
    """
    match = _REVERSED.fullmatch(text)
    count, unit = (match[2], match[1].lower()) if match else ("", "")
    if not match:
        match = _COUNTED.fullmatch(text)
        if not match:
            return None
        count, unit = match[1], match[2]
    if unit == "M" and not count.strip("1"):
        return _lengths().get(("month", 1))
    return _of_unit(count, unit.lower())


def unit_of(frame: Timeframe) -> str:
    """``minute``, ``hour``, ``day``, ``week`` or ``month``."""
    return "month" if frame == "1M" else UNIT_WORDS[frame[-1]]


def known() -> str:
    """All timeframes, for an error."""
    return ", ".join(each.word for each in Timeframe)


def minutes(frame: Timeframe) -> int:
    """Its length in minutes, a month as 30 days: to order timeframes."""
    return 30 * 1440 if frame == "1M" else int(frame[:-1]) * _MINUTES[unit_of(frame)]


def is_unit(word: str, unit: str) -> bool:
    """Whether a word names the unit, as ``days`` a ``day``."""
    return UNIT_WORDS.get(word) == unit


def _of_unit(count: str, word: str) -> Timeframe | None:
    unit = UNIT_WORDS.get(word)
    if unit is None or (not count and len(word) < 2 and word.isascii()):
        return None
    number = int(count or 1)
    if unit == "month":
        return _lengths().get(("month", number))
    return _lengths().get(("minute", number * _MINUTES[unit]))


@cache
def _lengths() -> dict[tuple[str, int], Timeframe]:
    return {("month", 1) if each == "1M" else ("minute", minutes(each)): each for each in Timeframe}
