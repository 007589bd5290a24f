"""The interface of a source of prices: it yields batches of events, in order."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.events import Heartbeat, History, Quarantined, Tick


@dataclass(frozen=True)
class Backfill:
    """Closed bars of one symbol: the histories are published first, then a HistoryReady with their offsets."""

    symbol: str
    histories: tuple[History, ...]
    """Each of one timeframe with at most ``MAX_BARS`` bars, oldest first; those of one timeframe follow one another."""


MAX_BARS = 500
"""Maximum bars in one History message."""
MAX_BATCH = 2_000
"""Maximum events in one batch of a source."""

Item = Tick | Heartbeat | Backfill | Quarantined
"""``Quarantined``: a report that the source itself makes about its feeds or history."""


class Source(Protocol):
    """Where prices come from.

    ``events`` yields batches of at most ``MAX_BATCH`` items. Items are published in order, and the next batch is requested only
    after the broker has acknowledged every item of the previous one (or the item was quarantined). So code after a ``yield``,
    such as saving a cursor, runs after the acknowledgement, and a slow broker slows down the source.

    A source retries failed requests itself and never raises for a bad response. Its iteration ends soon after the stopping event
    that it was built with is set; an earlier end is a failure of the process.
    """

    name: str
    """The name in ``Tick.source``, or its first part: ``replay``, ``yahoo``."""

    def events(self) -> AsyncIterator[Sequence[Item]]: ...
