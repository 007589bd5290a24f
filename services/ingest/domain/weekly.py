"""Weekly bars of the provider's daily ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby

import numpy as np

from shared.calendars import Sessions
from shared.events import ProviderBar


def weekly_bars(daily: Iterable[ProviderBar], sessions: Sessions) -> tuple[ProviderBar, ...]:
    """One bar an ISO week that is over, from the open of its first session to the close of its last one.

    A week counts as over when its last session, or one after it, has a bar. One of which a session has no bar is marked as
    incomplete. A split inside the week: the bars before it are put into the terms of the last bar, whose factors the weekly bar
    takes. A first week of which the provider's range has only a part is left out.
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
