"""The timeframes. This table is their only list: whatever differs from one timeframe to another follows from a row of it.

A bar is anchored at the session's open; the last one of a session ends with the session. A bar of several sessions starts at the
open of the first one and ends at the close of the last one.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Hashable
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, Self

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS
DAY_MS: Final = 24 * HOUR_MS


def _week(date: dt.date) -> Hashable:
    """The ISO week."""
    return date.isocalendar()[:2]


def _month(date: dt.date) -> Hashable:
    return date.year, date.month


class _Row(NamedTuple):
    api: str
    """The name in the REST API and in the streams: Alpaca's."""
    en: str
    ko: str
    """Korean without the word for bar."""
    longest_ms: int
    """The longest plausible bar, milliseconds. A session may have up to 27 hours (``shared.corrections``), and a month 32 days."""
    length_ms: int = 0
    """Milliseconds from open to close within a session; 0 for a session and longer."""
    period: Callable[[dt.date], Hashable] | None = None
    """For a timeframe of several sessions: session date -> the calendar period whose sessions are one bar."""
    built_from: str | None = None
    """The finer timeframe whose bars add up to one of this; it is built from them where a provider has none."""
    rules: Literal["all", "indicators", "none"] = "none"
    """Which rules run on it: all; those of indicators and candlesticks; none. A rule may say other timeframes."""
    patterns: bool = False
    """It is searched for chart patterns."""
    word: str = ""
    """The name in conditions and sequences, if it is another one."""
    forming: bool = False
    """Conditions with ``once_per_bar`` are evaluated on its forming bar whenever a minute closes."""


class Timeframe(enum.StrEnum):
    """The length of a bar. A bar is stamped with its close time."""

    M1 = "1m", _Row("1Min", "1-minute", "1분", MINUTE_MS, MINUTE_MS)
    M5 = "5m", _Row("5Min", "5-minute", "5분", 5 * MINUTE_MS, 5 * MINUTE_MS, None, "1m")
    M15 = (
        "15m",
        _Row("15Min", "15-minute", "15분", 15 * MINUTE_MS, 15 * MINUTE_MS, None, "5m", rules="all", patterns=True, forming=True),
    )
    M30 = "30m", _Row("30Min", "30-minute", "30분", 30 * MINUTE_MS, 30 * MINUTE_MS, None, "15m", forming=True)
    H1 = "1h", _Row("1Hour", "1-hour", "1시간", HOUR_MS, HOUR_MS, None, "15m", rules="all", patterns=True, forming=True)
    H4 = (
        "4h",
        _Row("4Hour", "4-hour", "4시간", 4 * HOUR_MS, 4 * HOUR_MS, None, "1h", rules="indicators", patterns=True, forming=True),
    )
    D1 = "1d", _Row("1Day", "daily", "일", 27 * HOUR_MS, 0, None, "1h", rules="all", patterns=True, forming=True)
    W1 = "1w", _Row("1Week", "weekly", "주", 7 * DAY_MS, 0, _week, "1d", rules="indicators", patterns=True)
    MN1 = "1M", _Row("1Month", "monthly", "월", 32 * DAY_MS, 0, _month, "1d", word="1mo")

    _value_: str
    row: _Row

    def __new__(cls, value: str, *row: _Row) -> Self:  # a lookup passes the value alone
        member = str.__new__(cls, value)
        member._value_ = value
        (member.row,) = row
        return member

    @classmethod
    def of_word(cls, word: str) -> Timeframe:
        """The timeframe of a ``word``. Raises ValueError for any other text."""
        for each in cls:
            if each.word == word:
                return each
        raise ValueError(f"{word!r} is no timeframe; there are {', '.join(each.word for each in cls)}")

    @property
    def built_from(self) -> Timeframe | None:
        """The finer timeframe whose bars add up to one of this."""
        return None if self.row.built_from is None else Timeframe(self.row.built_from)

    @property
    def word(self) -> str:
        """The name in conditions and sequences, whose texts are in lower case: a month is ``1mo``, since ``1m`` is a minute."""
        return self.row.word or self.value

    @property
    def short(self) -> str:
        """A short English name: ``15m``, ``1D``, ``1Mo``."""
        return self.word if self.row.length_ms else self.word.title()


PERIODS: Final = MappingProxyType({each: each.row.period for each in Timeframe if each.row.period is not None})
"""The timeframes of several sessions, with the function that gives the calendar period of a session date."""
