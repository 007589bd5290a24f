"""The members of industries and markets, and their benchmarks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

COUNTED: Final = frozenset({"stock", "future", "crypto"})
"""Kinds of instruments that are members. Funds and indices would count their holdings twice; leveraged funds move differently."""
MOST_MEMBERS: Final = 2_000
"""Members of one group, in alphabetical order; further ones are left out."""


@dataclass(frozen=True)
class ClassifiedInstrument:
    """An instrument with its industries."""

    symbol: str
    exchange: str
    kind: str
    industries: tuple[str, ...] = ()


@dataclass(frozen=True)
class MarketDefinition:
    """Instruments of some exchanges whose symbols end in ``suffix``, and their benchmarks, the first choice first."""

    market: str
    name_en: str
    name_ko: str
    exchanges: tuple[str, ...]
    suffix: str
    benchmarks: tuple[str, ...]

    def contains(self, instrument: ClassifiedInstrument) -> bool:
        """Whether the instrument belongs to it."""
        return instrument.exchange in self.exchanges and instrument.symbol.endswith(self.suffix)


@dataclass(frozen=True)
class Group:
    """An industry or a market with its members, in the order of their symbols."""

    industry: str
    kind: Literal["industry", "market"]
    name_en: str
    name_ko: str
    members: tuple[str, ...]


@dataclass(frozen=True)
class Roster:
    """All groups that have members, and what is known of the members."""

    groups: tuple[Group, ...] = ()
    exchanges: Mapping[str, str] = field(default_factory=dict)
    """Symbol -> exchange."""
    benchmarks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Symbol -> its benchmarks, the first choice first."""

    @property
    def symbols(self) -> frozenset[str]:
        """Everything whose daily closes are needed."""
        return frozenset(self.exchanges).union(*self.benchmarks.values())


def roster(
    instruments: Iterable[ClassifiedInstrument], industries: Mapping[str, tuple[str, str]], markets: Iterable[MarketDefinition]
) -> Roster:
    """Groups instruments; ``industries`` maps a slug to its English and Korean name.

    An instrument is in every market that contains it; the first one in the order of ``markets`` sets its benchmarks.
    """
    counted = sorted((one for one in instruments if one.kind in COUNTED), key=lambda one: one.symbol)
    markets = tuple(markets)
    held = {market.market: tuple(one.symbol for one in counted if market.contains(one)) for market in markets}
    groups = [
        Group(slug, "industry", *names, tuple(one.symbol for one in counted if slug in one.industries)[:MOST_MEMBERS])
        for slug, names in sorted(industries.items())
    ]
    groups += [Group(m.market, "market", m.name_en, m.name_ko, held[m.market][:MOST_MEMBERS]) for m in markets]
    return Roster(
        tuple(group for group in groups if group.members),
        {one.symbol: one.exchange for one in counted},
        {one.symbol: next((m.benchmarks for m in markets if m.contains(one)), ()) for one in counted},
    )
