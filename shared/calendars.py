"""When each exchange trades: sessions as arrays of milliseconds in UTC.

``shared.corrections`` is applied to the sessions of the calendar libraries (docs/calendars.md).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from shared.corrections import BUNDLED, Correction, CorrectionError, OverlapError, corrected, parse_corrections
from shared.events import PERIODS, Timeframe
from shared.library_sessions import library_sessions

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
def read_corrections(more: Path | None = None, folder: Path | None = None) -> Corrections:
    """The bundled corrections, followed by those of an operator's file; ``folder``: as of ``sessions``.

    Raises:
        CorrectionError: a file cannot be read, or a line is invalid; the message names file, line, field and value.
    """
    bundled = tuple(_read(BUNDLED).values())
    if more is None:
        return bundled
    lines = _read(more)
    own = tuple(lines.values())
    dates = [each.date for each in own if each.date is not None]
    for exchange in dict.fromkeys(each.exchange for each in own):  # finds overlapping hours now, not on their day
        first, last = min(dates, default=_CHECK_DATE), max(dates, default=_CHECK_DATE)
        try:
            sessions(exchange, first - _WEEK, last + _WEEK, bundled + own, folder)
        except OverlapError as error:
            at = [str(line) for line, each in lines.items() if any(each.is_of(error.exchange, day) for day in error.days)]
            raise CorrectionError(f"{more} line {' and '.join(at)}: {error}") from error
    return bundled + own


_CHECK_DATE: Final = dt.date(2026, 1, 1)
_WEEK: Final = dt.timedelta(days=7)
_AROUND: Final = max(dt.timedelta(milliseconds=timeframe.row.longest_ms) for timeframe in Timeframe)
"""Days around a range that complete the periods at its ends."""


def _read(path: Path) -> dict[int, Correction]:
    """By the number of their line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        numbers = [number for number, line in enumerate(lines, start=1) if line.strip()]
        return dict(zip(numbers, parse_corrections(lines, str(path), CALENDARS), strict=True))
    except (OSError, UnicodeDecodeError) as error:
        raise CorrectionError(f"calendar corrections {str(path)!r} cannot be read: {error}") from error


@lru_cache(maxsize=32)
def sessions(
    exchange: str, start: dt.date, end: dt.date, corrections: Corrections | None = None, folder: Path | None = None
) -> Sessions:
    """The sessions with dates from ``start`` to ``end`` inclusive; ``corrections`` None: the bundled ones.

    ``folder`` keeps what the libraries give (``MeshSettings.session_files``); without one it is computed, for seconds.
    ``period_open`` and ``period_close`` are right even when the range begins or ends inside a week or month.

    Raises:
        UnknownExchangeError: the code is not in ``CALENDARS``.
        CorrectionError: corrected hours overlap.
    """
    if exchange not in CALENDARS:
        raise UnknownExchangeError(f"exchange {exchange!r} has no calendar; known: {', '.join(CALENDARS)}")
    since, upto = start - _AROUND, end + _AROUND
    spans = library_sessions(CALENDARS[exchange], since, upto, folder)
    zone = ZoneInfo(ZONES[exchange])
    spans = corrected(spans, exchange, zone, read_corrections() if corrections is None else corrections, since, upto)
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
