"""Daily closes of several instruments on one axis of session dates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]
CARRY_DAYS: Final = 14
"""Calendar days for which a close is carried over dates on which its exchange was closed."""


@dataclass(frozen=True)
class AlignedCloses:
    """Adjusted closes by session date."""

    symbols: tuple[str, ...]
    days: Int64s
    """Shape (T,): days since 1970, ascending, each a session of at least one of the symbols."""
    closes: Floats
    """Shape (T, M): NaN where a symbol has no close of that date."""


def aligned(closes: Mapping[str, tuple[Sequence[int], Sequence[float]]]) -> AlignedCloses:
    """Aligns series of (session dates as yyyymmdd, ascending; closes).

    >>> aligned({"A": ((20240701, 20240702), (10.0, 11.0)), "B": ((20240702,), (5.0,))}).closes
    array([[10., nan],
           [11.,  5.]])
    """
    own = [days_of(np.array(sessions, np.int64)) for sessions, _ in closes.values()]
    days = np.unique(np.concatenate(own)) if own else np.empty(0, np.int64)
    found = np.full((len(days), len(closes)), np.nan)
    for column, (at, (_, values)) in enumerate(zip(own, closes.values(), strict=True)):
        found[np.searchsorted(days, at), column] = values
    return AlignedCloses(tuple(closes), days, found)


def days_of(sessions: Int64s) -> Int64s:
    """Session dates as days since 1970.

    >>> days_of(np.array([19700101, 19700201, 20240229]))
    array([    0,    31, 19782])
    """
    months = (sessions // 10_000 - 1970) * 12 + sessions // 100 % 100 - 1
    first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return np.asarray(first + sessions % 100 - 1, np.int64)


def carried(days: Int64s, closes: Floats) -> Floats:
    """The newest close at or before each date; NaN if there is none within ``CARRY_DAYS``. Shapes (T,), (T, M) -> (T, M)."""
    rows = np.arange(len(days))[:, None]
    last = np.maximum.accumulate(np.where(np.isfinite(closes), rows, -1), axis=0)
    found = np.take_along_axis(closes, np.maximum(last, 0), axis=0)
    known = (last >= 0) & (days[rows] - days[np.maximum(last, 0)] <= CARRY_DAYS)
    return np.where(known, found, np.nan)


def newest_of(side: AlignedCloses, column: int, values: Floats) -> float:
    """The value of ``values`` (T,) at the newest close of a column; NaN if it has none."""
    own = np.flatnonzero(np.isfinite(side.closes[:, column]))
    return float(values[own[-1]]) if len(own) else float("nan")
