"""The sessions of all exchanges in one array that the kernels search."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from services.analysis.kernels.conditions.times import ExchangeTimes
from services.analysis.live.domain.layout import DAY, PERIOD_CODES, SESSION, TIMEFRAMES
from services.analysis.live.domain.tick_arrays import SessionArrays
from shared.calendars import ZONES
from shared.events import PERIODS, Timeframe

Int64s = npt.NDArray[np.int64]


class SessionTimes(Protocol):
    """The sessions of an exchange, as ``shared.calendars.Sessions`` has them; all of shape (sessions,), oldest first."""

    @property
    def date(self) -> Int64s: ...
    @property
    def open(self) -> Int64s: ...
    @property
    def close(self) -> Int64s: ...
    @property
    def period_open(self) -> Mapping[Timeframe, Int64s]: ...
    @property
    def period_close(self) -> Mapping[Timeframe, Int64s]: ...


@dataclass(frozen=True)
class Calendar:
    """``sessions`` of dtype SESSION; exchange number e owns ``sessions[bounds[e]:bounds[e + 1]]``."""

    codes: Mapping[str, int]
    sessions: npt.NDArray[Any]
    bounds: Int64s
    times: tuple[ExchangeTimes, ...] = ()
    """The sessions and time zone of each exchange, by its code."""

    @cached_property
    def exchanges(self) -> Mapping[str, ExchangeTimes]:
        """The same by the name of the exchange."""
        return {name: self.times[code] for name, code in self.codes.items() if code < len(self.times)}

    @property
    def arrays(self) -> SessionArrays:
        """What the kernel of ticks reads."""
        return SessionArrays(self.bounds, self.sessions)

    def interval(self, exchange: int, timeframe: int, ts: int) -> tuple[int, int] | None:
        """Start and end of the bar that contains ``ts``; None when the exchange is closed then. ``timeframe`` is a code."""
        own = self.sessions[self.bounds[exchange] : self.bounds[exchange + 1]]
        at = int(np.searchsorted(own["open"], ts, side="right")) - 1
        if at < 0 or ts > own[at]["close"]:
            return None
        found = own[at]
        opened, closed, length = int(found["open"]), int(found["close"]), TIMEFRAMES[timeframe].row.length_ms
        if timeframe > DAY:
            place = PERIOD_CODES.index(timeframe)
            return int(found["period_open"][place]), int(found["period_close"][place])
        if timeframe == DAY:
            return opened, closed
        start_at = opened + (ts - opened) // length * length
        if start_at >= closed:
            start_at -= length
        return start_at, min(start_at + length, closed)

    def closes(self, exchange: int) -> Int64s:
        """The closes of the sessions of an exchange, ascending."""
        closes: Int64s = self.sessions["close"][self.bounds[exchange] : self.bounds[exchange + 1]]
        return closes

    def dates(self, exchange: str, ts: Int64s) -> Int64s:
        """The session date (yyyymmdd) of each moment: that of the newest session opened by then, else the day in UTC."""
        code = self.codes[exchange]
        own = self.sessions[self.bounds[code] : self.bounds[code + 1]]
        at = np.searchsorted(own["open"], ts, side="right") - 1
        days = ts.astype("datetime64[ms]").astype("datetime64[D]")
        months = days.astype("datetime64[M]")
        year = months.astype("datetime64[Y]").astype(np.int64) + 1970
        plain = (
            year * 10_000 + (months.astype(np.int64) % 12 + 1) * 100 + (days - months.astype("datetime64[D]")).astype(np.int64) + 1
        )
        return np.where(at >= 0, own["date"][np.maximum(at, 0)], plain) if len(own) else plain


def calendar(exchanges: Mapping[str, SessionTimes]) -> Calendar:
    """Concatenates the sessions of the exchanges, in the order of their names."""
    names = sorted(exchanges)
    parts = [_sessions(exchanges[name]) for name in names]
    bounds = np.cumsum([0, *(len(part) for part in parts)]).astype(np.int64)
    times = [
        ExchangeTimes(part["date"].copy(), part["open"].copy(), part["close"].copy(), ZoneInfo(ZONES.get(name, "UTC")))
        for name, part in zip(names, parts, strict=True)
    ]
    codes = {name: code for code, name in enumerate(names)}
    return Calendar(codes, np.concatenate([np.empty(0, SESSION), *parts]), bounds, tuple(times))


def _sessions(times: SessionTimes) -> npt.NDArray[Any]:
    found = np.empty(len(times.open), SESSION)
    found["open"], found["close"] = times.open, times.close
    found["date"] = times.date
    for place, timeframe in enumerate(PERIODS):
        found["period_open"][:, place] = times.period_open[timeframe]
        found["period_close"][:, place] = times.period_close[timeframe]
    return found
