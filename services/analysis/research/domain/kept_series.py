"""Series that were computed a moment ago, for the next page of a reader. Bounded in bytes and age."""

from __future__ import annotations

from collections import OrderedDict

from services.analysis.kernels.plan import IndicatorSpec
from services.analysis.research.domain.indicator_series import IndicatorSeries
from shared.events import Timeframe

Key = tuple[str, Timeframe, tuple[str, ...], tuple[IndicatorSpec, ...]]
"""Symbol, timeframe, columns and indicators."""


class KeptSeries:
    """Series by what they are of. The oldest are dropped first."""

    def __init__(self, most_bytes: int, age_ms: int) -> None:
        """``age_ms``: how long one counts; a bar that closed since is missing from it."""
        self._most_bytes = most_bytes
        self._age_ms = age_ms
        self._kept: OrderedDict[Key, tuple[int, IndicatorSeries]] = OrderedDict()
        self._bytes = 0

    def get(self, key: Key, now: int) -> IndicatorSeries | None:
        """The series, unless it is too old. ``now``: milliseconds since the epoch."""
        self._drop_older(now)
        kept = self._kept.get(key)
        return None if kept is None else kept[1]

    def put(self, key: Key, series: IndicatorSeries, now: int) -> None:
        """Keep a series, unless it alone takes more than a quarter of the room."""
        if key in self._kept or 4 * series.nbytes > self._most_bytes:
            return
        self._kept[key] = now, series
        self._bytes += series.nbytes
        while self._bytes > self._most_bytes:
            self._drop()

    def _drop_older(self, now: int) -> None:
        while self._kept and now - next(iter(self._kept.values()))[0] >= self._age_ms:
            self._drop()

    def _drop(self) -> None:
        _, (_, series) = self._kept.popitem(last=False)
        self._bytes -= series.nbytes
