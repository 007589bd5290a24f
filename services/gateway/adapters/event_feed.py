"""Puts events from the topics into memory and publishes them on the stream."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from services.gateway.domain import messages
from services.gateway.domain.hub import Hub
from services.gateway.domain.market_memory import MarketMemory
from services.gateway.domain.restored_messages import RestoredMessages
from services.gateway.domain.times import MAX_MS
from shared import events, metrics, topics
from shared.kafka import Record

ANALYSIS_TOPICS: Final = frozenset(
    each.name for each in (topics.QUOTES, topics.BARS, topics.INDICATORS, topics.SIGNALS, topics.PATTERNS)
)
YIELD_EVERY: Final = 200
"""Events handled before other tasks may run: about 2 ms."""
REJECTED: Final = metrics.counter("gateway_odd_events_total", "Events left out because their time is impossible.")
HANDLED: Final = metrics.counter("gateway_events_total", "Events handled from the topics.", ["type"])


STREAMED: Final = frozenset(each.name for each in (topics.BARS, topics.SIGNALS, topics.PATTERNS, topics.STORIES))
"""The topics whose messages are never left out of the stream."""
Send = Callable[..., object]
"""Takes the kind, the symbol and the body of a message, and of a story its instruments and industries."""


@dataclass(frozen=True)
class EventFeed:
    """Handles records of market.quotes, .bars and .ticks, news.stories, and of what analysis computes from prices."""

    market: MarketMemory
    hub: Hub
    live: Callable[[], bool]
    """False while older records are read at the start: they go into memory, and are not published on the stream."""
    restored: RestoredMessages | None = None
    """Takes the messages of older records, for clients that resume."""
    live_from: int = MAX_MS
    """Records written at or after this time, in milliseconds, are published on the stream even where older ones are still read."""

    async def handle_batch(self, records: Sequence[Record[Any]]) -> None:
        """Handle a batch; the callback of the consumer."""
        live = self.live()
        self.market.last_analysis_at = max(
            self.market.last_analysis_at, *(each.timestamp for each in records if each.topic in ANALYSIS_TOPICS), 0
        )
        for n, record in enumerate(records, 1):
            is_new = live or record.timestamp >= self.live_from
            self.handle_event(record.event, self.hub.publish if is_new else self._restoring(record))
            if n % YIELD_EVERY == 0:
                await asyncio.sleep(0)  # let requests run

    def handle_event(self, event: events.Event, send: Send | None = None, *, live: bool = True) -> None:
        """Handle one event; one whose time is impossible is counted and left out.

        ``send`` takes its message: without it the hub, or nobody where it is not ``live``.
        """
        handler = _HANDLERS.get(type(event))
        if handler is not None and not 0 < getattr(event, "ts_event", 0) < MAX_MS:
            REJECTED.inc()
        elif handler is not None:
            handler(self, event, send or (self.hub.publish if live else _nobody))
            _COUNTS[type(event)].inc()

    async def publish_latest(self) -> None:
        """Publish the quotes and views of now on the stream, once the older records have been read.

        A client that connected before may have read older ones, and those that followed were not published.
        """
        for n, symbol in enumerate(tuple(self.market.quotes), 1):
            if (quote := self.market.quotes.get(symbol)) is not None:
                self.hub.publish("q", symbol, quote.body)
            if n % YIELD_EVERY == 0:
                await asyncio.sleep(0)
        for view in tuple(self.market.industries.values()):
            self.hub.publish("v", view.industry, self.view_body(view))

    def view_body(self, event: events.IndustryView) -> bytes:
        """The message of a view, with the names of its industry or market."""
        known = self.hub.directory()
        return messages.industry(known.industries.get(event.industry) or known.markets.get(event.industry), event)

    def _restoring(self, record: Record[Any]) -> Send:
        """Takes the message of a record of before the start."""
        if self.restored is None:
            return _nobody
        if record.topic in STREAMED:
            self.restored.begin(record.topic, record.partition, record.offset, record.timestamp)
        return partial(self.restored.add, record.timestamp) if record.timestamp >= self.restored.complete_from else _nobody


def _nobody(*_: object) -> None:
    """Leave a message out."""


def _quote(feed: EventFeed, event: events.Quote, send: Send) -> None:
    if feed.market.put_quote(event):
        send("q", event.symbol, feed.market.quotes[event.symbol].body)


def _bar(feed: EventFeed, event: events.Bar, send: Send) -> None:
    row, newest = feed.market.put_bar(event)
    if newest and send is not _nobody:  # republished history is not sent
        send("b", event.symbol, messages.bar(event, row.raw))


def _indicators(feed: EventFeed, event: events.IndicatorRow, _: Send) -> None:
    feed.market.put_indicators(event)


def _signal(feed: EventFeed, event: events.Signal, send: Send) -> None:
    if event.condition:
        return  # a user's condition is visible to its owner only
    if event.provisional:
        if feed.market.is_first(event) and send is not _nobody:
            send("f", event.symbol, messages.provisional(event))
    elif feed.market.put_signal(event) and send is not _nobody:
        send("s", event.symbol, messages.signal(event))


def _pattern(feed: EventFeed, event: events.Pattern, send: Send) -> None:
    if feed.market.is_first(event) and send is not _nobody:
        send("p", event.symbol, messages.pattern(event))


def _story(feed: EventFeed, event: events.Story, send: Send) -> None:
    if feed.market.is_first(event) and send is not _nobody:
        symbols, industries = (tuple(link.name for link in links) for links in (event.instruments, event.industries))
        send("n", event.id, messages.news(event), symbols, industries)


def _industry(feed: EventFeed, event: events.IndustryView, send: Send) -> None:
    if feed.market.put_industry(event) and send is not _nobody:
        send("v", event.industry, feed.view_body(event))


def _tick(_: EventFeed, event: events.Tick, send: Send) -> None:
    send("t", event.symbol, messages.tick(event))


_HANDLERS: Final[dict[type[events.Event], Callable[[EventFeed, Any, Send], None]]] = {
    events.Quote: _quote,
    events.Bar: _bar,
    events.IndicatorRow: _indicators,
    events.Signal: _signal,
    events.Pattern: _pattern,
    events.Story: _story,
    events.IndustryView: _industry,
    events.Tick: _tick,
}
_COUNTS: Final = {kind: HANDLED.labels(kind.__struct_config__.tag) for kind in _HANDLERS}
