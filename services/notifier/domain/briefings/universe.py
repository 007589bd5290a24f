"""The instruments, industries and markets that briefings are about."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

MEMBERS: Final = frozenset({"stock", "future", "crypto"})
"""Kinds that count as members of a market, as in the views of analysis: funds and indices would count their holdings twice."""
MOST: Final = 2_000
"""Instruments of one market."""


@dataclass(frozen=True)
class Names:
    """A name in both languages."""

    en: str
    ko: str

    def of(self, language: str) -> str:
        """The name in a language."""
        return self.ko if language == "ko" else self.en


@dataclass(frozen=True)
class Market:
    """Instruments of some exchanges whose symbols end in ``suffix``."""

    slug: str
    names: Names
    exchanges: tuple[str, ...]
    suffix: str = ""
    benchmarks: tuple[str, ...] = ()
    """Its indices or what stands for them, the first choice first. A market without one has no briefings."""


@dataclass(frozen=True)
class Listed:
    """An instrument."""

    symbol: str
    exchange: str
    kind: str


@dataclass(frozen=True)
class Universe:
    """All of them, as stored."""

    markets: Sequence[Market] = ()
    instruments: Mapping[str, Listed] = field(default_factory=dict)
    industries: Mapping[str, Names] = field(default_factory=dict)
    members: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Industry -> symbols."""

    def briefed(self) -> list[Market]:
        """The markets that have briefings."""
        return [each for each in self.markets if each.benchmarks]

    def market(self, slug: str) -> Market | None:
        """The market that has briefings under this name, or None."""
        return next((each for each in self.briefed() if each.slug == slug), None)

    def symbols(self, market: Market) -> list[str]:
        """The instruments of a market and its benchmarks, in alphabetical order."""
        held = {one.symbol for one in self.instruments.values() if _holds(market, one)}
        return sorted(held | {symbol for symbol in market.benchmarks if symbol in self.instruments})[:MOST]

    def counted(self, symbols: Collection[str]) -> list[str]:
        """Those that are members, in alphabetical order."""
        return sorted(symbol for symbol in symbols if symbol in self.instruments and self.instruments[symbol].kind in MEMBERS)

    def main_markets(self) -> list[Market]:
        """Of the markets with briefings, the widest one of each exchange."""
        chosen: dict[str, Market] = {}
        for market in sorted(self.briefed(), key=lambda each: (-len(each.exchanges), bool(each.suffix))):
            for exchange in market.exchanges:
                chosen.setdefault(exchange, market)
        return [each for each in self.briefed() if each in chosen.values()]

    def markets_of(self, symbols: Collection[str], industries: Collection[str]) -> list[Market]:
        """The main markets that hold something of these; all of them where nothing is named."""
        wanted = set(symbols).union(*(self.members.get(industry, frozenset()) for industry in industries))
        if not wanted:
            return self.main_markets()
        exchanges = {self.instruments[symbol].exchange for symbol in wanted if symbol in self.instruments}
        return [each for each in self.main_markets() if exchanges & set(each.exchanges)]


def _holds(market: Market, instrument: Listed) -> bool:
    return instrument.exchange in market.exchanges and instrument.symbol.endswith(market.suffix)
