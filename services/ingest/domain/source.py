"""What every source of prices is: something that yields batches of events, in order."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.events import Heartbeat, History, Quarantined, Tick


@dataclass(frozen=True)
class Backfill:
    """Closed bars of one symbol: the histories are published first, then a HistoryReady that names their place."""

    symbol: str
    histories: tuple[History, ...]
    """Each of one timeframe with at most ``MAX_BARS`` bars, oldest first; those of one timeframe follow one another."""


MAX_BARS = 500
"""Most bars in one History message."""
MAX_BATCH = 2_000
"""Most events in one batch of a source."""

Item = Tick | Heartbeat | Backfill | Quarantined
"""``Quarantined`` is what a source itself says of its feeds."""


class Source(Protocol):
    """Where prices come from.

    ``events`` yields batches of at most ``MAX_BATCH`` items. Items are published in the order given, and a source is asked for its
    next batch only when every item of the one before has been acknowledged by the broker (or was found unfit and counted). So
    whatever a source does after a ``yield`` (saving a cursor) happens after the acknowledgement, and a source that is not asked is
    being held back.

    A source retries on its own whatever its provider does badly: it never raises for a bad answer. It ends its iteration soon after
    the stopping event it was built with is set; ending before that is a failure of the process.
    """

    name: str
    """The name in ``Tick.source`` or its family: ``replay``, ``yahoo``."""

    def events(self) -> AsyncIterator[Sequence[Item]]: ...
