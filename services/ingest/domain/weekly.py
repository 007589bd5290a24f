"""Builds weekly bars from the provider's daily bars."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby

import numpy as np

from shared.calendars import Sessions
from shared.events import ProviderBar


def weekly_bars(daily: Iterable[ProviderBar], sessions: Sessions) -> tuple[ProviderBar, ...]:
    """One bar per completed ISO week, from the open of its first session to the close of its last one.

    A week is complete when its last session, or a later one, has a bar. A week in which a session has no bar is marked
    incomplete. With a split inside the week, earlier bars are converted to the shares of the last bar, and the weekly bar has the
    factors of that bar. A first week that the provider's range covers only in part is omitted.
    """

    def week(bar: ProviderBar) -> int:
        return int(sessions.week_close[np.searchsorted(sessions.close, bar.ts_close)])

    weeks = [(close, tuple(bars)) for close, bars in groupby(daily, week)]
    opens = {int(close): int(start) for start, close in zip(sessions.open[::-1], sessions.week_close[::-1], strict=True)}
    expected = Counter(sessions.week_close.tolist())
    if weeks and weeks[0][1][0].ts_open > opens[weeks[0][0]]:
        del weeks[0]
    over = weeks if weeks and weeks[-1][1][-1].ts_close == weeks[-1][0] else weeks[:-1]
    return tuple(_week(opens[close], close, bars, incomplete=len(bars) < expected[close]) for close, bars in over)


def _week(start: int, close: int, bars: Sequence[ProviderBar], *, incomplete: bool) -> ProviderBar:
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
