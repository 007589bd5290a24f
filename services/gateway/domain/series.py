"""The newest rows of one series, kept as JSON so that an answer is made by joining them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

SLACK: Final = 128
"""Rows above the limit before the oldest are dropped together."""


@dataclass(frozen=True)
class SeriesRow:
    """One row as JSON, raw and adjusted (the same object where nothing is adjusted)."""

    ts_open: int
    """Start of the row's interval; equal to ``ts`` for a row without an interval."""
    ts: int
    raw: bytes
    adjusted: bytes


@dataclass
class RowSeries:
    """Rows in the order of time, at most ``limit``. A row replaces the row of the same time."""

    limit: int
    times: list[int] = field(default_factory=list)
    rows: list[SeriesRow] = field(default_factory=list)
    version: int = 0
    """Counts changes: an answer built from the same version is still valid."""
    source: str = ""
    replayed: bool = False
    superseded: deque[int] = field(default_factory=lambda: deque(maxlen=1024))
    """Times of the rows that an overlapping row has replaced, the newest last."""
    cut: bool = False
    """True after older rows have been dropped."""

    def put(self, row: SeriesRow) -> None:
        """Add or replace a row at its place in time."""
        self.version += 1
        if row.ts in self.superseded:
            self.superseded.remove(row.ts)
        if not self.times or row.ts > self.times[-1]:
            self.times.append(row.ts)
            self.rows.append(row)
        else:
            at = bisect_left(self.times, row.ts)
            if self.times[at] == row.ts:
                self.rows[at] = row
            else:
                self.times.insert(at, row.ts)
                self.rows.insert(at, row)
        if len(self.times) > self.limit + SLACK:
            self.drop_before(self.times[-self.limit])

    def supersede(self, ts_open: int, ts: int) -> list[int]:
        """Drop the rows that overlap the interval from ``ts_open`` to ``ts`` and end at another time; returns their times."""
        found: list[int] = []
        at = bisect_right(self.times, ts_open)
        while at < len(self.rows) and self.rows[at].ts_open < ts:
            if self.times[at] != ts:
                found.append(self.times[at])
            at += 1
        self.drop(found)
        self.superseded.extend(found)
        return found

    def drop(self, times: Iterable[int]) -> None:
        """Drop the rows of these times."""
        for ts in times:
            at = bisect_left(self.times, ts)
            if at < len(self.times) and self.times[at] == ts:
                del self.times[at]
                del self.rows[at]
                self.version += 1

    def drop_before(self, ts: int) -> None:
        """Drop the rows older than ``ts``: they are too many, or no longer valid."""
        at = bisect_left(self.times, ts)
        if at:
            del self.times[:at]
            del self.rows[:at]
            self.cut = True
            self.version += 1

    def between(self, start: int, end: int) -> list[SeriesRow]:
        """The rows with ``start <= ts <= end``, oldest first."""
        return self.rows[bisect_left(self.times, start) : bisect_right(self.times, end)]

    @property
    def oldest(self) -> int | None:
        """Time of the oldest row."""
        return self.times[0] if self.times else None
