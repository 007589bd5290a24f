"""Builds the bars of a timeframe from the finer bars of a provider."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from shared.calendars import Int64s, Sessions
from shared.events import ProviderBar, Timeframe


def built_bars(timeframe: Timeframe, finer: Sequence[ProviderBar], sessions: Sessions) -> tuple[ProviderBar, ...]:
    """The completed bars of ``timeframe``, from the bars of ``timeframe.built_from``, oldest first.

    A bar is complete when its last finer bar, or a later one, is there. One that lacks a finer bar is marked incomplete. With a
    split inside a bar, earlier prices are converted to the shares of its last finer bar, and it has the factors of that one. A
    first bar that the provider's range covers only in part is omitted.
    """
    starts, ends, expected = _intervals(timeframe, finer, sessions)
    edges = [0, *(np.flatnonzero(np.diff(ends)) + 1).tolist(), len(ends)] if len(ends) else []
    groups = list(pairwise(edges))
    if groups and finer[0].ts_open > starts[0]:
        del groups[0]
    if groups and finer[-1].ts_close < ends[-1]:
        del groups[-1]
    return tuple(
        _sum(int(starts[first]), int(ends[first]), finer[first:after], incomplete=after - first < int(expected[first]))
        for first, after in groups
    )


def _intervals(timeframe: Timeframe, finer: Sequence[ProviderBar], sessions: Sessions) -> tuple[Int64s, Int64s, Int64s]:
    """For each finer bar: start and end of the bar that it is part of, and how many finer bars that one has; each (bars,)."""
    opens, closes = (np.array(times, np.int64) for times in ([bar.ts_open for bar in finer], [bar.ts_close for bar in finer]))
    at = np.searchsorted(sessions.close, closes)
    if timeframe in sessions.period_close:
        _, period, count = np.unique(sessions.period_close[timeframe], return_inverse=True, return_counts=True)
        return sessions.period_open[timeframe][at], sessions.period_close[timeframe][at], count[period][at]
    length, base = timeframe.row.length_ms, timeframe.built_from
    parts = base.row.length_ms if base is not None else length
    start = sessions.open[at] + (opens - sessions.open[at]) // length * length
    end = np.minimum(start + length, sessions.close[at])
    return start, end, -(-(end - start) // parts)


def _sum(start: int, close: int, bars: Sequence[ProviderBar], *, incomplete: bool) -> ProviderBar:
    last = bars[-1]
    scales = [bar.split_factor / last.split_factor for bar in bars]
    return ProviderBar(
        ts_open=start,
        ts_close=close,
        open=bars[0].open * scales[0],
        high=max(bar.high * scale for bar, scale in zip(bars, scales, strict=True)),
        low=min(bar.low * scale for bar, scale in zip(bars, scales, strict=True)),
        close=last.close,
        volume=sum(bar.volume / scale for bar, scale in zip(bars, scales, strict=True)),
        price_factor=last.price_factor,
        split_factor=last.split_factor,
        incomplete=incomplete,
    )
