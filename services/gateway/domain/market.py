"""The market as the topics tell it: latest quotes and industries, the newest bars, indicator rows and signals, all bounded."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, TypeVar

import msgspec

from services.gateway.domain import views
from services.gateway.domain.series import Row, Series
from shared import events

Key = tuple[str, events.Timeframe]
K = TypeVar("K")
V = TypeVar("V")

HOUR_MS: Final = 3_600_000
LONGEST_MS: Final = MappingProxyType(
    {
        events.Timeframe.M1: HOUR_MS // 60,
        events.Timeframe.M5: HOUR_MS // 12,
        events.Timeframe.M15: HOUR_MS // 4,
        events.Timeframe.H1: HOUR_MS,
        events.Timeframe.D1: 27 * HOUR_MS,
        events.Timeframe.W1: 7 * 24 * HOUR_MS,
    }
)
"""A longer bar replaces no other: one wrong message must not clear a series. Analysis has the same limits."""

_encode: Final = msgspec.json.Encoder().encode


def bar_row(event: events.Bar) -> Row:
    """A bar, ready to be sent."""
    raw = _encode(views.bar(event, adjusted=False))
    plain = event.price_factor == 1.0 and event.split_factor == 1.0
    return Row(event.ts_open, event.ts_event, raw, raw if plain else _encode(views.bar(event, adjusted=True)))


@dataclass(frozen=True)
class KnownQuote:
    """The latest quote of a symbol and its JSON."""

    event: events.Quote
    body: bytes


@dataclass
class Market:
    """Everything read from the topics that is kept in memory."""

    rows_per_series: int = 1000
    max_series: int = 20_000
    """Symbols come from outside: past this number the series that has changed least recently goes."""
    max_signals: int = 1000
    quotes: OrderedDict[str, KnownQuote] = field(default_factory=OrderedDict)
    quotes_version: int = 0
    bars: OrderedDict[Key, Series] = field(default_factory=OrderedDict)
    indicators: OrderedDict[Key, Series] = field(default_factory=OrderedDict)
    signals: OrderedDict[str, events.Signal] = field(default_factory=OrderedDict)
    signals_version: int = 0
    heard: int = 0
    """When analysis last told anything, by the broker's clock; milliseconds, 0: not yet."""
    max_passing: int = 10_000
    passing: OrderedDict[str, None] = field(default_factory=OrderedDict)
    """Ids of the newest events that are told on the stream and not kept here."""
    max_industries: int = 2000
    industries: OrderedDict[str, events.IndustryView] = field(default_factory=OrderedDict)
    industries_version: int = 0

    def put_quote(self, event: events.Quote) -> bool:
        """Take a quote; False when a later one is here already."""
        known = self.quotes.get(event.symbol)
        if known is not None and event.ts_event < known.event.ts_event and event.source == known.event.source:
            return False
        self.quotes[event.symbol] = KnownQuote(event, _encode(views.quote(event)))
        self.quotes_version += 1
        self._bound(self.quotes, event.symbol)
        return True

    def put_bar(self, event: events.Bar) -> tuple[Row, bool]:
        """Take a closed bar; the row it became and whether it is the newest of its series.

        A bar replaces the bars that overlap it: they were built with other hours of the session, and analysis has deleted them.
        A bar published again with other factors (a split came) makes older rows stale: the database has them.
        """
        key = (event.symbol, event.timeframe)
        series = self._series(self.bars, key)
        if event.ts_event - event.ts_open <= LONGEST_MS[event.timeframe]:
            superseded = series.supersede(event.ts_open, event.ts_event)
            if superseded and key in self.indicators:
                self.indicators[key].forget(superseded)
        seen = series.between(event.ts_event, event.ts_event)
        row = bar_row(event)
        newest = not series.times or event.ts_event > series.times[-1]
        if seen and seen[0].raw == row.raw and seen[0].adjusted != row.adjusted:
            series.forget_before(event.ts_event)
        series.put(row)
        series.source, series.replayed = event.source, event.replayed
        return row, newest

    def put_indicators(self, event: events.IndicatorRow) -> None:
        """Take a row of indicators; the row of a bar that another one has replaced is left out."""
        key = (event.symbol, event.timeframe)
        bars = self.bars.get(key)
        if bars is not None and event.ts_event in bars.superseded:
            return
        series = self._series(self.indicators, key)
        body = _encode(views.indicators(event))
        series.put(Row(event.ts_event, event.ts_event, body, body))
        series.source, series.replayed = event.source, event.replayed

    def put_signal(self, event: events.Signal) -> bool:
        """Take a signal; False when its id has been seen (the topic may repeat one after a crash)."""
        if event.id in self.signals:
            return False
        self.signals[event.id] = event
        self.signals_version += 1
        while len(self.signals) > self.max_signals:
            self.signals.popitem(last=False)
        return True

    def first(self, event: events.Event) -> bool:
        """Remember the id of an event that is not kept; False when it has been seen (as in ``put_signal``)."""
        if event.event_id in self.passing:
            return False
        self.passing[event.event_id] = None
        while len(self.passing) > self.max_passing:
            self.passing.popitem(last=False)
        return True

    def put_industry(self, event: events.IndustryView) -> bool:
        """Take the view of an industry or a market; False when a later one is here already."""
        known = self.industries.get(event.industry)
        if known is not None and (event.ts_event < known.ts_event or event == known):
            return False
        self.industries[event.industry] = event
        self.industries.move_to_end(event.industry)
        self.industries_version += 1
        while len(self.industries) > self.max_industries:
            self.industries.popitem(last=False)
        return True

    def _series(self, kept: OrderedDict[Key, Series], key: Key) -> Series:
        series = kept.get(key)
        if series is None:
            series = kept[key] = Series(self.rows_per_series)
        self._bound(kept, key)
        return series

    def _bound(self, kept: OrderedDict[K, V], key: K) -> None:
        kept.move_to_end(key)
        while len(kept) > self.max_series:
            kept.popitem(last=False)
