"""When each exchange trades: sessions as arrays of milliseconds in UTC.

The sessions come from ``exchange_calendars``. Its XKRX misses holidays that Korea announced late, so days that ``holidays``
(financial, XKRX) lists are removed. ``shared.corrections`` is applied last (docs/calendars.md).
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.tseries.holiday import AbstractHolidayCalendar

from shared.corrections import BUNDLED, Correction, CorrectionError, corrected, parse_corrections
from shared.events import PERIODS, Timeframe

CALENDARS: Final = MappingProxyType(
    {"NYSE": "XNYS", "NASDAQ": "XNAS", "KRX": "XKRX", "CME": "CMES", "FX": "24/5", "CRYPTO": "24/7"}
)
"""Maps the exchange code of an instrument to the calendar name in exchange_calendars."""

ZONES: Final = MappingProxyType(
    {
        "NYSE": "America/New_York",
        "NASDAQ": "America/New_York",
        "KRX": "Asia/Seoul",
        "CME": "America/Chicago",
        "FX": "UTC",
        "CRYPTO": "UTC",
    }
)
"""The time zone of an exchange, as exchange_calendars has it."""

Int64s = npt.NDArray[np.int64]

_holiday_lock: Final = threading.Lock()


class UnknownExchangeError(ValueError):
    """The exchange code has no calendar."""


@dataclass(frozen=True)
class Sessions:
    """The sessions of one exchange, oldest first. All arrays have the shape (sessions,)."""

    exchange: str
    date: Int64s
    """Session date as yyyymmdd."""
    open: Int64s
    """First millisecond of trading."""
    close: Int64s
    """Last millisecond of trading: a tick at exactly this time still belongs to the session, unless the next one opens then."""
    period_open: Mapping[Timeframe, Int64s]
    """For each timeframe of several sessions: open of the first session of the same period, as of the same ISO week."""
    period_close: Mapping[Timeframe, Int64s]
    """The same: close of the last session of that period."""

    def at(self, ts: int) -> int:
        """Index of the session that contains ``ts``, or -1 when the exchange is closed then.

        >>> nyse = sessions("NYSE", dt.date(2024, 7, 1), dt.date(2024, 7, 5))
        >>> [int(nyse.date[i]) for i in range(4)]
        [20240701, 20240702, 20240703, 20240705]
        >>> nyse.at(int(nyse.open[0])), nyse.at(int(nyse.open[0]) - 1)
        (0, -1)
        """
        i = int(np.searchsorted(self.open, ts, side="right")) - 1
        return i if i >= 0 and ts <= self.close[i] else -1


Corrections = tuple[Correction, ...]


@lru_cache(maxsize=4)
def read_corrections(more: Path | None = None) -> Corrections:
    """The bundled corrections, followed by those of an operator's file.

    Raises:
        CorrectionError: a file cannot be read, or a line is invalid; the message names file, line, field and value.
    """
    bundled = _read(BUNDLED)
    if more is None:
        return bundled
    own = _read(more)
    dates = [each.date for each in own if each.date is not None]
    for exchange in dict.fromkeys(each.exchange for each in own):  # finds overlapping hours now, not on their day
        sessions(exchange, min(dates, default=_CHECK_DATE) - _WEEK, max(dates, default=_CHECK_DATE) + _WEEK, bundled + own)
    return bundled + own


_CHECK_DATE: Final = dt.date(2026, 1, 1)
_WEEK: Final = dt.timedelta(days=7)
_AROUND: Final = max(dt.timedelta(milliseconds=timeframe.row.longest_ms) for timeframe in Timeframe)
"""Days around a range that complete the periods at its ends."""


def _read(path: Path) -> Corrections:
    try:
        return parse_corrections(path.read_text(encoding="utf-8").splitlines(), str(path), CALENDARS)
    except (OSError, UnicodeDecodeError) as error:
        raise CorrectionError(f"calendar corrections {str(path)!r} cannot be read: {error}") from error


@lru_cache(maxsize=32)
def sessions(exchange: str, start: dt.date, end: dt.date, corrections: Corrections | None = None) -> Sessions:
    """The sessions with dates from ``start`` to ``end`` inclusive; ``corrections`` None: the bundled ones.

    ``period_open`` and ``period_close`` are right even when the range begins or ends inside a week or month.

    Raises:
        UnknownExchangeError: the code is not in ``CALENDARS``.
        CorrectionError: corrected hours overlap.
    """
    if exchange not in CALENDARS:
        raise UnknownExchangeError(f"exchange {exchange!r} has no calendar; known: {', '.join(CALENDARS)}")
    import exchange_calendars  # takes a second to import: deferred to the first use

    since, upto = start - _AROUND, end + _AROUND
    with _holidays_between(start, end):
        calendar = exchange_calendars.get_calendar(CALENDARS[exchange], start=since, end=upto)
    schedule = calendar.schedule
    times = zip(schedule.index, _milliseconds(schedule["open"]).tolist(), _milliseconds(schedule["close"]).tolist(), strict=True)
    library = {stamp.date(): (opening, closing) for stamp, opening, closing in times}
    spans = {day: span for day, span in library.items() if day not in _announced_holidays(exchange, day.year)}
    spans = corrected(spans, exchange, calendar.tz, read_corrections() if corrections is None else corrections, since, upto)
    dates = list(spans)
    opens, closes = np.array(list(spans.values()), dtype=np.int64).reshape(-1, 2).T
    inside = np.array([start <= day <= end for day in dates], dtype=bool)
    periods = {timeframe: [period(day) for day in dates] for timeframe, period in PERIODS.items()}
    starts = {timeframe: _newest(each[::-1], opens[::-1])[::-1][inside] for timeframe, each in periods.items()}
    ends = {timeframe: _newest(each, closes)[inside] for timeframe, each in periods.items()}
    numbers = np.array([day.year * 10_000 + day.month * 100 + day.day for day in dates], dtype=np.int64)
    return Sessions(exchange, numbers[inside], opens[inside], closes[inside], MappingProxyType(starts), MappingProxyType(ends))


def _newest(periods: Sequence[Hashable], times: Int64s) -> Int64s:
    """For each session: the time of the last one in its period."""
    last = dict(zip(periods, times.tolist(), strict=True))
    return np.array([last[each] for each in periods], dtype=np.int64)


@contextmanager
def _holidays_between(start: dt.date, end: dt.date) -> Iterator[None]:
    """Let pandas compute holidays for these years and one on either side, instead of 1970 to 2200.

    With Korea's lunar holidays the full range takes two seconds at every start.
    """
    with _holiday_lock:
        before = (AbstractHolidayCalendar.start_date, AbstractHolidayCalendar.end_date)
        AbstractHolidayCalendar.start_date = pd.Timestamp(start.year - 1, 1, 1)
        AbstractHolidayCalendar.end_date = pd.Timestamp(end.year + 1, 12, 31)
        try:
            yield
        finally:
            AbstractHolidayCalendar.start_date, AbstractHolidayCalendar.end_date = before


def _milliseconds(times: pd.Series) -> Int64s:
    return np.asarray(times.dt.tz_convert(None).to_numpy(), dtype="datetime64[ms]").astype(np.int64)


@lru_cache(maxsize=256)
def _announced_holidays(exchange: str, year: int) -> frozenset[dt.date]:
    if exchange != "KRX":
        return frozenset()
    import holidays

    return frozenset(holidays.financial_holidays("XKRX", years=year))
