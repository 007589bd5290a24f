"""The quote of a moment in the past, from the bars that had closed by then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.gateway.domain import api_models
from services.gateway.domain.stored_bars import StoredBar
from shared import events
from shared.events import Timeframe

FINER = tuple(timeframe for timeframe in Timeframe if timeframe not in events.PERIODS)
"""The timeframes whose closes are prices of a moment, the finest first."""


def newest_bar(found: Iterable[Sequence[StoredBar]]) -> StoredBar | None:
    """The bar that closed last; of several the first one, which is the finest."""
    return max((bars[-1] for bars in found if bars), key=lambda bar: bar.ts_close, default=None)


def quote_then(symbol: str, newest: StoredBar, days: Sequence[StoredBar]) -> api_models.Quote:
    """The quote after the newest bar; ``days``: the newest two daily bars. What bars do not say is null."""
    day = next((each for each in days if each.session == newest.session), None)
    before = next((each for each in reversed(days) if each.session < newest.session), None)
    previous = None if before is None else before.close * before.split_factor / (newest.split_factor or 1.0)
    change = None if previous is None else newest.close - previous
    return api_models.quote(
        events.Quote(
            symbol=symbol, last_price=newest.close, ts_event=newest.ts_close, ts_init=newest.ts_close, source=newest.source,
            prev_close=previous, change=change,
            change_percent=None if change is None or previous is None or previous <= 0 else change / previous,
            day_open=day and day.open, day_high=day and day.high, day_low=day and day.low, day_volume=day and day.volume,
            session=newest.session, replayed=bool(newest.replayed),
        )
    )  # fmt: skip
