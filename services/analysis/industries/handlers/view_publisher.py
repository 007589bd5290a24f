"""Applies events of the topics, and publishes the views that have changed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Sequence, Set
from typing import Any, Final, Protocol

import structlog

from services.analysis.industries.domain.closes import Close
from services.analysis.industries.domain.industry_view import view
from services.analysis.industries.domain.market_state import MarketState
from services.analysis.industries.domain.roster import Roster
from services.analysis.industries.handlers import metrics
from shared.events import Bar, Event, IndustryView, Quote, Signal
from shared.kafka import Record
from shared.topics import INDUSTRIES, Topic

log: Final = structlog.get_logger("analysis.industries")
BATCH: Final = 500
"""Events that are applied before other tasks run."""
READS: Final = 3
"""Times that changed closes are read from the database, once a round: they are published before they are stored."""


class IndustryStore(Protocol):
    """Reads the database; both raise ``TransientError``."""

    async def roster(self) -> Roster: ...

    async def closes(self, symbol: str) -> list[Close]: ...


class ViewPublisher(Protocol):
    """The method of a producer that is used."""

    async def publish_many(self, topic: Topic[IndustryView], events: Sequence[tuple[str, IndustryView]]) -> Any: ...


class IndustryViews:
    """The state of the markets, from the topics and the database, and the views published last."""

    def __init__(self, tables: IndustryStore, publisher: ViewPublisher) -> None:
        self._tables = tables
        self._publisher = publisher
        self._state = MarketState()
        self._unread: dict[str, int] = {}
        self._published: dict[str, IndustryView] = {}
        self._lock = asyncio.Lock()
        """Held while the state changes, and while a thread computes a view of it."""
        self.read = False
        """True once industries and all their daily closes have been read."""

    async def handle(self, records: Sequence[Record[Any]]) -> None:
        """Applies a batch of the tail."""
        for first in range(0, len(records), BATCH):
            async with self._lock:
                for record in records[first : first + BATCH]:
                    if handler := _HANDLERS.get(type(record.event)):
                        handler(self._state, record.event)
            await asyncio.sleep(0)

    async def read_roster(self) -> None:
        """Reads the roster. Raises ``TransientError``."""
        found = await self._tables.roster()
        async with self._lock:
            self._unread |= dict.fromkeys(self._state.set_roster(found), 1)
        metrics.groups.set(len(self._state.roster.groups))

    async def read_closes(self) -> None:
        """Reads the closes of new and changed symbols; after an error the next call reads the rest. Raises ``TransientError``."""
        for symbol in self._state.to_reread & self._state.roster.symbols:
            self._unread[symbol] = READS
        self._state.to_reread.clear()
        for symbol, times in list(self._unread.items()):
            self._state.closes.replace(symbol, await self._tables.closes(symbol))
            self._state.changed.add(symbol)
            metrics.reads.inc()
            del self._unread[symbol]
            if times > 1:
                self._unread[symbol] = times - 1
        self.read = bool(self._state.roster.groups)

    async def publish(self) -> int:
        """Publishes the views that differ from those published last; returns how many. After an error the next call retries.

        Raises:
            TransientError: the broker does not acknowledge.
        """
        state, began = self._state, time.monotonic()
        changed, state.changed = state.changed, set()
        fresh: list[IndustryView] = []
        try:
            ends = state.closes.ends(state.roster.exchanges)
            state.forget(ends)
            for group in state.roster.groups:
                if _affected(group.members, state.roster, changed):
                    async with self._lock:  # a market of a hundred members takes forty milliseconds, too long for the event loop
                        found = await asyncio.to_thread(view, group, state, ends)
                    if found is not None and found != self._published.get(group.industry):
                        fresh.append(found)
            if fresh:
                await self._publisher.publish_many(INDUSTRIES, [(one.industry, one) for one in fresh])
        except BaseException:
            state.changed |= changed
            raise
        self._published |= {one.industry: one for one in fresh}
        if fresh:
            metrics.published.inc(len(fresh))
            metrics.event_time.set(max(one.ts_event for one in fresh) / 1000)
            metrics.round_seconds.observe(time.monotonic() - began)
        return len(fresh)


def _affected(members: Collection[str], roster: Roster, changed: Set[str]) -> bool:
    """Whether changes of these symbols affect the view: of a member or of its benchmarks."""
    return any(symbol in changed or not changed.isdisjoint(roster.benchmarks.get(symbol, ())) for symbol in members)


_HANDLERS: Final[dict[type[Event], Callable[[MarketState, Any], None]]] = {
    Quote: MarketState.put_quote,
    Bar: MarketState.put_bar,
    Signal: MarketState.put_signal,
}
