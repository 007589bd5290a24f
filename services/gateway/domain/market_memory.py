"""What the gateway keeps in memory: latest quotes and industry views, the newest bars, indicator rows and signals, all bounded."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final, TypeVar

import msgspec

from services.gateway.domain import api_models
from services.gateway.domain.screen_table import ScreenTable
from services.gateway.domain.series import RowSeries, SeriesRow
from shared import events

Key = tuple[str, events.Timeframe]
K = TypeVar("K")
V = TypeVar("V")

_encode: Final = msgspec.json.Encoder().encode


def bar_row(event: events.Bar) -> SeriesRow:
    """A bar as JSON, raw and adjusted."""
    raw = _encode(api_models.bar(event, adjusted=False))
    plain = event.price_factor == 1.0 and event.split_factor == 1.0
    return SeriesRow(event.ts_open, event.ts_event, raw, raw if plain else _encode(api_models.bar(event, adjusted=True)))


@dataclass(frozen=True)
class LatestQuote:
    """The latest quote of a symbol and its JSON."""

    event: events.Quote
    body: bytes


@dataclass
class MarketMemory:
    """Events from the topics that are kept in memory."""

    rows_per_series: int = 1000
    max_series: int = 20_000
    """Limit of series and quotes: beyond it the least recently changed is removed, since symbols come from outside."""
    max_signals: int = 1000
    quotes: OrderedDict[str, LatestQuote] = field(default_factory=OrderedDict)
    quotes_version: int = 0
    bars: OrderedDict[Key, RowSeries] = field(default_factory=OrderedDict)
    indicators: OrderedDict[Key, RowSeries] = field(default_factory=OrderedDict)
    signals: OrderedDict[str, events.Signal] = field(default_factory=OrderedDict)
    signals_version: int = 0
    replayed_until: int = 0
    """The newest time of replayed prices, which is now in the replay; 0: none is replayed."""
    last_analysis_at: int = 0
    """When analysis last published anything, by the broker's clock, in milliseconds; 0: not yet."""
    max_recent_ids: int = 10_000
    recent_ids: OrderedDict[str, None] = field(default_factory=OrderedDict)
    """Ids of the newest events that are published on the stream and not kept here."""
    screens: dict[events.Timeframe, ScreenTable] = field(default_factory=dict)
    """The newest values of all instruments by timeframe."""
    max_industries: int = 2000
    industries: OrderedDict[str, events.IndustryView] = field(default_factory=OrderedDict)
    industries_version: int = 0

    def put_quote(self, event: events.Quote) -> bool:
        """Store a quote; False where a later one of the same source is stored."""
        known = self.quotes.get(event.symbol)
        if known is not None and event.ts_event < known.event.ts_event and event.source == known.event.source:
            return False
        self._note_replay(event)
        self.quotes[event.symbol] = LatestQuote(event, _encode(api_models.quote(event)))
        self.quotes_version += 1
        self._evict(self.quotes, event.symbol)
        return True

    def put_bar(self, event: events.Bar) -> tuple[SeriesRow, bool]:
        """Store a closed bar; returns its row and whether it is the newest of its series.

        A bar replaces the bars that overlap it: they were built with other session hours, and analysis has deleted them. One
        that is longer than any plausible bar replaces no other: one wrong message must not clear a series.
        A bar published again with other factors (after a split) makes older rows wrong: they are dropped, the database has them.
        """
        key = (event.symbol, event.timeframe)
        series = self._series(self.bars, key)
        if event.ts_event - event.ts_open <= event.timeframe.row.longest_ms:
            superseded = series.supersede(event.ts_open, event.ts_event)
            if superseded and key in self.indicators:
                self.indicators[key].drop(superseded)
        stored = series.between(event.ts_event, event.ts_event)
        row = bar_row(event)
        newest = not series.times or event.ts_event > series.times[-1]
        if stored and stored[0].raw == row.raw and stored[0].adjusted != row.adjusted:
            series.drop_before(event.ts_event)
        series.put(row)
        series.source, series.replayed = event.source, event.replayed
        self._note_replay(event)
        self._screen(event.timeframe).put_bar(event)
        return row, newest

    def is_replayed(self, symbol: str) -> bool:
        """Whether the newest price of an instrument is replayed; False where it has none."""
        known = self.quotes.get(symbol)
        return known is not None and known.event.replayed

    def put_indicators(self, event: events.IndicatorRow) -> None:
        """Store a row of indicators; a row of a bar that another bar has replaced is left out."""
        key = (event.symbol, event.timeframe)
        bars = self.bars.get(key)
        if bars is not None and event.ts_event in bars.superseded:
            return
        series = self._series(self.indicators, key)
        body = _encode(api_models.indicators(event))
        series.put(SeriesRow(event.ts_event, event.ts_event, body, body))
        series.source, series.replayed = event.source, event.replayed
        self._screen(event.timeframe).put_indicators(event)

    def put_signal(self, event: events.Signal) -> bool:
        """Store a signal; False where its id is stored already (the topic may repeat one after a crash)."""
        if event.id in self.signals:
            return False
        self.signals[event.id] = event
        self.signals_version += 1
        while len(self.signals) > self.max_signals:
            self.signals.popitem(last=False)
        return True

    def is_first(self, event: events.Event) -> bool:
        """Remember the id of an event that is not stored; False where the id is known (as in ``put_signal``)."""
        if event.event_id in self.recent_ids:
            return False
        self.recent_ids[event.event_id] = None
        while len(self.recent_ids) > self.max_recent_ids:
            self.recent_ids.popitem(last=False)
        return True

    def put_industry(self, event: events.IndustryView) -> bool:
        """Store the view of an industry or a market; False where an equal or later one is stored."""
        known = self.industries.get(event.industry)
        if known is not None and (event.ts_event < known.ts_event or event == known):
            return False
        self.industries[event.industry] = event
        self.industries.move_to_end(event.industry)
        self.industries_version += 1
        while len(self.industries) > self.max_industries:
            self.industries.popitem(last=False)
        return True

    def _note_replay(self, event: events.Quote | events.Bar) -> None:
        if event.replayed:
            self.replayed_until = max(self.replayed_until, event.ts_event)

    def _screen(self, timeframe: events.Timeframe) -> ScreenTable:
        table = self.screens.get(timeframe)
        if table is None:
            table = self.screens[timeframe] = ScreenTable(self.max_series)
        return table

    def _series(self, kept: OrderedDict[Key, RowSeries], key: Key) -> RowSeries:
        series = kept.get(key)
        if series is None:
            series = kept[key] = RowSeries(self.rows_per_series)
        self._evict(kept, key)
        return series

    def _evict(self, kept: OrderedDict[K, V], key: K) -> None:
        kept.move_to_end(key)
        while len(kept) > self.max_series:
            kept.popitem(last=False)
