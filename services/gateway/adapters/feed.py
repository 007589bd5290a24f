"""The topics, taken into memory and onto the stream."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.gateway.domain import messages
from services.gateway.domain.hub import Hub
from services.gateway.domain.market import Market
from services.gateway.domain.times import LATEST
from shared import events, metrics, topics
from shared.kafka import Record

OF_ANALYSIS: Final = frozenset(
    each.name for each in (topics.QUOTES, topics.BARS, topics.INDICATORS, topics.SIGNALS, topics.PATTERNS)
)
IN_ONE_GO: Final = 200
"""Events that are taken before others get their turn: about 2 ms."""
ODD: Final = metrics.counter("gateway_odd_events_total", "Events of an impossible time, left out.")
HANDLED: Final = metrics.counter("gateway_events_total", "Events taken from the topics.", ["type"])


@dataclass(frozen=True)
class Feed:
    """Takes records of market.quotes, .bars and .ticks, analysis.indicators, .signals, .patterns and .industries."""

    market: Market
    hub: Hub
    live: Callable[[], bool]
    """False while the past is being read back at the start: it goes into memory, not onto the stream."""

    async def handle(self, records: Sequence[Record[Any]]) -> None:
        """Take a batch; the handler of the tail."""
        live = self.live()
        self.market.heard = max(self.market.heard, *(each.timestamp for each in records if each.topic in OF_ANALYSIS), 0)
        for n, record in enumerate(records, 1):
            self.take(record.event, live=live)
            if n % IN_ONE_GO == 0:
                await asyncio.sleep(0)  # requests go first

    def take(self, event: events.Event, *, live: bool = True) -> None:
        """Take one event."""
        take = _TAKES.get(type(event))
        if take is not None and not 0 < getattr(event, "ts_event", 0) < LATEST:
            ODD.inc()
        elif take is not None:
            take(self, event, live)
            _COUNTS[type(event)].inc()


def _quote(feed: Feed, event: events.Quote, live: bool) -> None:
    if feed.market.put_quote(event) and live:
        feed.hub.publish("q", event.symbol, feed.market.quotes[event.symbol].body)


def _bar(feed: Feed, event: events.Bar, live: bool) -> None:
    row, newest = feed.market.put_bar(event)
    if live and newest:  # history that is told again is no news
        feed.hub.publish("b", event.symbol, messages.bar(event, row.raw))


def _indicators(feed: Feed, event: events.IndicatorRow, _: bool) -> None:
    feed.market.put_indicators(event)


def _signal(feed: Feed, event: events.Signal, live: bool) -> None:
    if event.condition:
        return  # it is its owners' alone
    if event.provisional:
        if feed.market.first(event) and live:
            feed.hub.publish("f", event.symbol, messages.provisional(event))
    elif feed.market.put_signal(event) and live:
        feed.hub.publish("s", event.symbol, messages.signal(event))


def _pattern(feed: Feed, event: events.Pattern, live: bool) -> None:
    if feed.market.first(event) and live:
        feed.hub.publish("p", event.symbol, messages.pattern(event))


def _industry(feed: Feed, event: events.IndustryView, live: bool) -> None:
    if feed.market.put_industry(event) and live:
        known = feed.hub.directory()
        found = known.industries.get(event.industry) or known.markets.get(event.industry)
        feed.hub.publish("v", event.industry, messages.industry(found, event))


def _tick(feed: Feed, event: events.Tick, live: bool) -> None:
    if live:
        feed.hub.publish("t", event.symbol, messages.tick(event))


_TAKES: Final[dict[type[events.Event], Callable[[Feed, Any, bool], None]]] = {
    events.Quote: _quote,
    events.Bar: _bar,
    events.IndicatorRow: _indicators,
    events.Signal: _signal,
    events.Pattern: _pattern,
    events.IndustryView: _industry,
    events.Tick: _tick,
}
_COUNTS: Final = {kind: HANDLED.labels(kind.__struct_config__.tag) for kind in _TAKES}
