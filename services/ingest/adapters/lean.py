"""Reads bars from CSV files in the format of QuantConnect Lean's sample data: raw prices, stamped with the start of the bar."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from services.ingest.domain.aggregate_bars import session_of_date
from services.ingest.domain.tape import Floats, Int64s, RecordedBars
from shared.calendars import Sessions

DIGITS = 6
"""Prices are rounded to this many decimals after the adjustment for splits."""


@dataclass(frozen=True)
class LeanFactors:
    """Lean's factor file: row i is valid for dates after that of row i - 1, up to and including its own."""

    date: np.ndarray[tuple[int, ...], np.dtype[np.int64]]
    price: Floats
    split: Floats

    def at(self, dates: pd.Series) -> tuple[Floats, Floats]:
        """Price factor and split factor on these dates (yyyymmdd)."""
        rows = np.minimum(np.searchsorted(self.date, dates.to_numpy()), len(self.date) - 1)
        return self.price[rows], self.split[rows]


NO_FACTORS = LeanFactors(np.array([20501231]), np.ones(1), np.ones(1))


def read_factors(path: Path) -> LeanFactors:
    """Read a factor file; without one there are no dividends and splits."""
    if not path.exists():
        return NO_FACTORS
    table = pd.read_csv(path, names=["date", "price", "split", "reference"]).drop_duplicates("date")
    return LeanFactors(table.date.to_numpy(np.int64), table.price.to_numpy(np.float64), table.split.to_numpy(np.float64))


@dataclass(frozen=True)
class LeanDaily:
    """Daily bars of one instrument, prices and volumes in the shares of the date ``until``."""

    bars: RecordedBars
    """From the session's open to its close."""
    dividends: Floats
    """Lean's price factor of each bar."""
    off_calendar: int
    """Number of dropped bars, on dates without a session of the calendar."""


def read_daily(path: Path, factors: LeanFactors, sessions: Sessions, since: dt.date, until: dt.date) -> LeanDaily:
    """Daily bars with dates from ``since`` to ``until`` inclusive."""
    table = pd.read_csv(path, parse_dates=["date"])
    table = table[(table.date.dt.date >= since) & (table.date.dt.date <= until)]
    session = session_of_date(sessions, [day.date() for day in table.date])
    table, session, off_calendar = table[session >= 0], session[session >= 0], int((session < 0).sum())
    numbers = table.date.dt.year * 10_000 + table.date.dt.month * 100 + table.date.dt.day
    dividends, split = factors.at(numbers)
    last_split = factors.at(pd.Series([int(until.strftime("%Y%m%d"))]))[1][0]
    return LeanDaily(_bars(table, sessions.open[session], sessions.close[session], split / last_split), dividends, off_calendar)


def read_intraday(path: Path, zone: str, length: int, sessions: Sessions, days: set[dt.date]) -> RecordedBars:
    """Bars of ``length`` milliseconds that lie wholly within the sessions of ``days``; ``end`` is the last millisecond of the bar.

    ``zone`` is the time zone of the timestamps. Bars before the open and after the close are dropped.
    """
    table = pd.read_csv(path)
    local = pd.to_datetime(table.iloc[:, 0])
    wanted = local.dt.date.isin(days)
    table, local = table[wanted], local[wanted]
    start = local.dt.tz_localize(zone).dt.tz_convert("UTC").dt.tz_localize(None).to_numpy("datetime64[ms]").astype(np.int64)
    session = np.maximum(np.searchsorted(sessions.open, start, side="right") - 1, 0)
    inside = (start >= sessions.open[session]) & (start + length <= sessions.close[session])
    start = start[inside]
    return _bars(table[inside], start, start + length - 1, np.ones(len(start)))


def _bars(table: pd.DataFrame, start: Int64s, end: Int64s, ratio: Floats) -> RecordedBars:
    open_, high, low, close = (
        np.round(table[name].to_numpy(np.float64) * ratio, DIGITS) for name in ("open", "high", "low", "close")
    )
    volume = table.volume.to_numpy(np.float64)
    volume = np.where(ratio == 1.0, volume, np.round(volume / ratio))
    return RecordedBars(start.astype(np.int64), end.astype(np.int64), open_, high, low, close, volume)
