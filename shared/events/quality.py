"""Data quality: data that was rejected or changed."""

from __future__ import annotations

from typing import Literal

from shared.events.event import Event, SafeInt


class Quarantined(Event, frozen=True, kw_only=True, tag="quarantined"):
    """Data was not used as received: rejected, repaired, or kept pending. See docs/data-quality.md."""

    symbol: str
    """The instrument; of a feed the exchange."""
    what: Literal["tick", "bar", "feed", "instrument"]
    reason: str
    """``price``, ``size``, ``time``, ``future``, ``order``, ``wick``, ``spike``, ``unit``, ``duplicate``, ``overlap``, ``grid``,
    ``stale``, ``outside_session``, ``split``, ``dividend``, ``factor``, ``level``, ``revised``, ``contradicted``."""
    outcome: Literal["quarantined", "repaired", "released"] = "quarantined"
    """``released``: pending data is used from now on, or the feed sends again."""
    values: dict[str, float | None]
    """As received; null if not a number. ``last`` is the value that it was compared with."""
    note: str = ""
    """What was repaired, or the reason of the decision."""
    timeframe: str = ""
    """Of a bar."""
    source: str = ""
    """Where it comes from."""
    ts_event: SafeInt
    ts_init: SafeInt
    more: SafeInt = 0
    """Number of events of this symbol since the previous one that were counted but not published: the rate is limited."""
    replayed: bool = False

    @property
    def event_id(self) -> str:
        parts = (self.symbol, self.what, self.reason, self.outcome, self.source, self.timeframe, str(self.ts_event))
        return f"quarantined:{':'.join(parts)}"
