"""The newest rows of one series, ready to be sent: rows are kept as JSON, so that a read is a join."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

SLACK: Final = 128
"""Rows over the limit before the oldest are dropped in one go."""


@dataclass(frozen=True)
class Row:
    """One moment of a series as JSON, raw and adjusted (the same object where nothing is adjusted)."""

    ts_open: int
    """Beginning of the interval; ``ts`` where the row is one moment."""
    ts: int
    raw: bytes
    adjusted: bytes


@dataclass
class Series:
    """Rows in the order of time, at most ``limit``. A row of a time that is there already replaces it."""

    limit: int
    times: list[int] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    version: int = 0
    """Counts every change: what was built from the same version is still right."""
    source: str = ""
    replayed: bool = False
    superseded: deque[int] = field(default_factory=lambda: deque(maxlen=1024))
    """Times of the rows that an overlapping row has replaced, the newest last."""
    cut: bool = False
    """True when older rows were here and have been dropped."""

    def put(self, row: Row) -> None:
        """Add or replace a row, wherever in time it lies."""
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
            self.forget_before(self.times[-self.limit])

    def supersede(self, ts_open: int, ts: int) -> list[int]:
        """Drop the rows that overlap the interval from ``ts_open`` to ``ts`` and end at another time; their times."""
        found: list[int] = []
        at = bisect_right(self.times, ts_open)
        while at < len(self.rows) and self.rows[at].ts_open < ts:
            if self.times[at] != ts:
                found.append(self.times[at])
            at += 1
        self.forget(found)
        self.superseded.extend(found)
        return found

    def forget(self, times: Iterable[int]) -> None:
        """Drop the rows of these times."""
        for ts in times:
            at = bisect_left(self.times, ts)
            if at < len(self.times) and self.times[at] == ts:
                del self.times[at]
                del self.rows[at]
                self.version += 1

    def forget_before(self, ts: int) -> None:
        """Drop the rows older than ``ts``: they are too many, or no longer true."""
        at = bisect_left(self.times, ts)
        if at:
            del self.times[:at]
            del self.rows[:at]
            self.cut = True
            self.version += 1

    def between(self, start: int, end: int) -> list[Row]:
        """The rows with ``start <= ts <= end``, oldest first."""
        return self.rows[bisect_left(self.times, start) : bisect_right(self.times, end)]

    @property
    def oldest(self) -> int | None:
        """Time of the oldest row here."""
        return self.times[0] if self.times else None
