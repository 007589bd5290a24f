"""The adjusted daily closes of one instrument."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

import numpy as np

from services.analysis.kernels.groups.aligned import CARRY_DAYS, Floats, Int64s, days_of

LAST: Final = 99991231
"""A session (yyyymmdd) that no other follows."""


@dataclass(frozen=True, eq=False)
class DailyCloses:
    """Closes above 0, one a session, oldest first; each array of shape (sessions,)."""

    exchange: str
    sessions: Int64s
    """yyyymmdd"""
    ts_close: Int64s
    """Milliseconds."""
    prices: Floats

    def same(self, other: DailyCloses) -> bool:
        """Whether both have the same closes."""
        pairs = ((self.sessions, other.sessions), (self.ts_close, other.ts_close), (self.prices, other.prices))
        return self.exchange == other.exchange and all(np.array_equal(a, b) for a, b in pairs)

    @property
    def content_hash(self) -> str:
        """SHA-256 (64 hex digits) over all closes."""
        found = hashlib.sha256(f"{self.exchange}:{len(self.sessions)}".encode())
        for each in (self.sessions, self.ts_close, self.prices):
            found.update(np.ascontiguousarray(each).tobytes())
        return found.hexdigest()

    def until(self, moment: int) -> DailyCloses:
        """The closes of the sessions that had ended by a moment (milliseconds)."""
        n = int(np.searchsorted(self.ts_close, moment, side="right"))
        return DailyCloses(self.exchange, self.sessions[:n], self.ts_close[:n], self.prices[:n])

    def known_at(self, sessions: Int64s, moments: Int64s) -> Floats:
        """The close as of each session date, as it was known at a moment. Shapes (rows,), (rows,) -> (rows,).

        It is the newest of a session at or before the date that had ended by the moment (milliseconds). NaN where there is none
        within ``CARRY_DAYS``.
        """
        if not len(self.sessions):
            return np.full(len(sessions), np.nan)
        by_date = np.searchsorted(self.sessions, sessions, side="right")
        by_moment = np.searchsorted(self.ts_close, moments, side="right")
        at = np.minimum(by_date, by_moment) - 1
        recent = days_of(sessions) - days_of(self.sessions)[at] <= CARRY_DAYS
        return np.where((at >= 0) & recent, self.prices[at], np.nan)


def daily_closes(exchange: str, sessions: Int64s, ts_close: Int64s, prices: Floats) -> DailyCloses:
    """The closes of stored bars, oldest first. Prices that are not above 0 count as missing; of a session the last bar counts."""
    usable = np.flatnonzero(np.isfinite(prices) & (prices > 0))
    last = usable[np.append(sessions[usable][1:] != sessions[usable][:-1], np.ones(min(len(usable), 1), np.bool_))]
    return DailyCloses(exchange, sessions[last], ts_close[last], prices[last])
