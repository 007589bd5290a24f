"""Puts events from the topics into memory and publishes them on the stream."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.gateway.domain import messages
from services.gateway.domain.hub import Hub
from services.gateway.domain.market_memory import MarketMemory
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


@dataclass(frozen=True)
class EventFeed:
    """Handles records of market.quotes, .bars and .ticks, news.stories, and of what analysis computes from prices."""

    market: MarketMemory
    hub: Hub
    live: Callable[[], bool]
    """False while older records are read at the start: they go into memory and are not published on the stream."""

    async def handle_batch(self, records: Sequence[Record[Any]]) -> None:
        """Handle a batch; the callback of the consumer."""
        live = self.live()
        self.market.last_analysis_at = max(
            self.market.last_analysis_at, *(each.timestamp for each in records if each.topic in ANALYSIS_TOPICS), 0
        )
        for n, record in enumerate(records, 1):
            self.handle_event(record.event, live=live)
            if n % YIELD_EVERY == 0:
                await asyncio.sleep(0)  # let requests run

    def handle_event(self, event: events.Event, *, live: bool = True) -> None:
        """Handle one event; one whose time is impossible is counted and left out."""
        handler = _HANDLERS.get(type(event))
        if handler is not None and not 0 < getattr(event, "ts_event", 0) < MAX_MS:
            REJECTED.inc()
        elif handler is not None:
            handler(self, event, live)
            _COUNTS[type(event)].inc()


def _quote(feed: EventFeed, event: events.Quote, live: bool) -> None:
    if feed.market.put_quote(event) and live:
        feed.hub.publish("q", event.symbol, feed.market.quotes[event.symbol].body)


def _bar(feed: EventFeed, event: events.Bar, live: bool) -> None:
    row, newest = feed.market.put_bar(event)
    if live and newest:  # republished history is not sent
        feed.hub.publish("b", event.symbol, messages.bar(event, row.raw))


def _indicators(feed: EventFeed, event: events.IndicatorRow, _: bool) -> None:
    feed.market.put_indicators(event)


def _signal(feed: EventFeed, event: events.Signal, live: bool) -> None:
    if event.condition:
        return  # a user's condition is visible to its owner only
    if event.provisional:
        if feed.market.is_first(event) and live:
            feed.hub.publish("f", event.symbol, messages.provisional(event))
    elif feed.market.put_signal(event) and live:
        feed.hub.publish("s", event.symbol, messages.signal(event))


def _pattern(feed: EventFeed, event: events.Pattern, live: bool) -> None:
    if feed.market.is_first(event) and live:
        feed.hub.publish("p", event.symbol, messages.pattern(event))


def _story(feed: EventFeed, event: events.Story, live: bool) -> None:
    if feed.market.is_first(event) and live:
        symbols, industries = (tuple(link.name for link in links) for links in (event.instruments, event.industries))
        feed.hub.publish_story(event.id, messages.news(event), symbols, industries)


def _industry(feed: EventFeed, event: events.IndustryView, live: bool) -> None:
    if feed.market.put_industry(event) and live:
        known = feed.hub.directory()
        industry = known.industries.get(event.industry) or known.markets.get(event.industry)
        feed.hub.publish("v", event.industry, messages.industry(industry, event))


def _tick(feed: EventFeed, event: events.Tick, live: bool) -> None:
    if live:
        feed.hub.publish("t", event.symbol, messages.tick(event))


_HANDLERS: Final[dict[type[events.Event], Callable[[EventFeed, Any, bool], None]]] = {
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
