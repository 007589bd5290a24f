"""Quality of data: what was not used as it came."""

from __future__ import annotations

from typing import Literal

from shared.events.event import Event, SafeInt


class Quarantined(Event, frozen=True, kw_only=True, tag="quarantined"):
    """Something was not used as it came: left out, repaired, or held back until more is known. See docs/data-quality.md."""

    symbol: str
    """The instrument; of a feed the exchange."""
    what: Literal["tick", "bar", "feed", "instrument"]
    reason: str
    """``price``, ``size``, ``time``, ``future``, ``order``, ``wick``, ``spike``, ``unit``, ``duplicate``, ``overlap``, ``grid``,
    ``stale``, ``outside_session``, ``split``, ``dividend``, ``factor``, ``level``, ``revised``, ``contradicted``."""
    outcome: Literal["quarantined", "repaired", "released"] = "quarantined"
    """``released``: what was held back counts from now on, or the feed is heard again."""
    values: dict[str, float | None]
    """As received; null where it was no number. ``last`` is what it was compared with."""
    note: str = ""
    """What was repaired, or what decided."""
    timeframe: str = ""
    """Of a bar."""
    source: str = ""
    """Who said it."""
    ts_event: SafeInt
    ts_init: SafeInt
    more: SafeInt = 0
    """How many others of this symbol were counted and not told since the one before: a broken feed does not flood."""
    replayed: bool = False

    @property
    def event_id(self) -> str:
        parts = (self.symbol, self.what, self.reason, self.outcome, self.source, self.timeframe, str(self.ts_event))
        return f"quarantined:{':'.join(parts)}"
