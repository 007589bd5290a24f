"""The inputs of the views: the newest quotes, daily closes and signals, and the symbols that have changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from services.analysis.industries.domain.closes import Close, Closes
from services.analysis.industries.domain.signals_today import SignalsToday, ended_before
from services.analysis.kernels.groups.roster import Roster
from shared.events import Bar, Quote, Signal, Timeframe

MOST_QUOTES: Final = 20_000


@dataclass
class MarketState:
    """Bounded. Quotes are kept for all symbols, since one may join an industry later; all else only for the roster's."""

    roster: Roster = field(default_factory=Roster)
    quotes: dict[str, Quote] = field(default_factory=dict)
    closes: Closes = field(default_factory=Closes)
    fired: SignalsToday = field(default_factory=SignalsToday)
    changed: set[str] = field(default_factory=set)
    """Symbols that have changed since this was last cleared."""
    to_reread: set[str] = field(default_factory=set)
    """Symbols whose earlier closes have changed: they must be read from the database again."""

    def set_roster(self, roster: Roster) -> frozenset[str]:
        """Sets the roster; returns the symbols whose closes are needed now and were not before."""
        fresh = roster.symbols - self.roster.symbols
        if roster != self.roster:
            self.roster = roster
            self.closes.keep(roster.symbols)
            self.changed |= roster.symbols
        return fresh

    def put_quote(self, quote: Quote) -> None:
        """Stores a quote unless a later one is known; after a restart older ones are read again."""
        known = self.quotes.get(quote.symbol)
        if known is None and len(self.quotes) >= MOST_QUOTES:
            return
        if known is None or quote.ts_event >= known.ts_event:
            self.quotes[quote.symbol] = quote
            self.changed.add(quote.symbol)

    def put_bar(self, bar: Bar) -> None:
        """Stores a daily bar; ignores other timeframes."""
        if bar.timeframe is not Timeframe.D1:
            return
        if not self.closes.put(bar.symbol, Close(bar.session, bar.ts_event, bar.close * bar.price_factor)):
            self.to_reread.add(bar.symbol)
        self.changed.add(bar.symbol)

    def put_signal(self, signal: Signal) -> None:
        """Stores a signal of the roster's symbols; signals of users' conditions do not count."""
        if not signal.condition and signal.symbol in self.roster.exchanges and self.fired.put(signal):
            self.changed.add(signal.symbol)

    def forget(self, ends: Mapping[str, Mapping[int, int]]) -> None:
        """Drops the signals of sessions that are over."""
        today: dict[str, int] = {}
        for symbol, exchange in self.roster.exchanges.items():
            if quote := self.quotes.get(symbol):
                today[exchange] = max(today.get(exchange, 0), quote.session)
        for symbol, exchange in self.roster.exchanges.items():
            self.fired.forget(symbol, ended_before(ends.get(exchange, {}), today.get(exchange, 0)))
