"""The return of each month and year: the last equity of the month / that of the month before - 1."""

from __future__ import annotations

import msgspec
import numpy as np

from services.analysis.kernels.indicators.kind import Floats, Int64s


class YearReturns(msgspec.Struct, frozen=True):
    """A row of the monthly table."""

    year: int
    months: tuple[float | None, ...]
    """January to December; None for a month without a bar, or that began with nothing."""
    total: float | None


def monthly(equity: Floats, sessions: Int64s) -> tuple[YearReturns, ...]:
    """The table; ``equity``, ``sessions`` (bars,), the latter as yyyymmdd. The first month counts from the first equity.

    >>> monthly(np.array([100.0, 110.0, 99.0]), np.array([20240130, 20240131, 20240301]))[0].months[:3]
    (0.10000000000000009, None, -0.09999999999999998)
    """
    if not len(equity):
        return ()
    months = sessions // 100
    ends = np.append(np.flatnonzero(np.diff(months)), len(months) - 1)
    starts = np.append(0, ends[:-1])
    found = {int(months[end]): _change(equity, int(start), int(end)) for start, end in zip(starts, ends, strict=True)}
    rows = []
    for year in range(int(months[0]) // 100, int(months[-1]) // 100 + 1):
        own = np.flatnonzero(months // 100 == year)
        total = _change(equity, max(int(own[0]) - 1, 0), int(own[-1])) if len(own) else None
        rows.append(YearReturns(year, tuple(found.get(year * 100 + month) for month in range(1, 13)), total))
    return tuple(rows)


def _change(equity: Floats, start: int, end: int) -> float | None:
    return float(equity[end] / equity[start] - 1.0) if equity[start] > 0.0 else None
