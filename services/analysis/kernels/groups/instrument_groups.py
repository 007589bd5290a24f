"""The industry and the benchmarks of every instrument, as conditions read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from services.analysis.kernels.groups.roster import ClassifiedInstrument, MarketDefinition, roster


@dataclass(frozen=True)
class InstrumentGroups:
    """What is known of the active instruments, of every kind."""

    exchanges: Mapping[str, str] = field(default_factory=dict)
    """Symbol -> exchange."""
    industries: Mapping[str, str] = field(default_factory=dict)
    """Symbol -> its own industry, for those that have one."""
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Industry -> the symbols that its measures count."""
    benchmarks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Symbol -> its benchmarks, the first choice first, itself left out."""


def instrument_groups(
    instruments: Iterable[ClassifiedInstrument], industries: Mapping[str, tuple[str, str]], markets: Iterable[MarketDefinition]
) -> InstrumentGroups:
    """The groups. Members are those of the published views; an instrument in several industries has the first by name (slug).

    An instrument that is no member, such as a fund, has an industry and benchmarks as well.
    """
    instruments, markets = tuple(instruments), tuple(markets)
    groups = roster(instruments, industries, ()).groups
    of = {one.symbol: next((m.benchmarks for m in markets if m.contains(one)), ()) for one in instruments}
    return InstrumentGroups(
        {one.symbol: one.exchange for one in instruments},
        {one.symbol: min(one.industries) for one in instruments if one.industries},
        {group.industry: group.members for group in groups},
        {symbol: tuple(one for one in choices if one != symbol) for symbol, choices in of.items()},
    )
