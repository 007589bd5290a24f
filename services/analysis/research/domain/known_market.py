"""What is known of the market beside an instrument's own bars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.analysis.kernels.conditions.times import ExchangeTimes
from services.analysis.research.domain.known_groups import KnownGroups
from services.analysis.research.domain.research_series import ResearchSeries
from shared.sequences import SignalSequence


@dataclass(frozen=True)
class KnownMarket:
    """What a signal may read besides the bars of its own instrument."""

    exchanges: Mapping[str, ExchangeTimes] = field(default_factory=dict)
    """Sessions by exchange; only conditions with time fields or other instruments need them."""
    others: Mapping[str, ResearchSeries] = field(default_factory=dict)
    """Daily series of the instruments that conditions name, by symbol."""
    benchmarks: Mapping[str, str] = field(default_factory=dict)
    """Symbol -> its benchmark."""
    sequences: tuple[SignalSequence, ...] = ()
    """Those that conditions may name by their id."""
    groups: KnownGroups | None = None
    """Industries and benchmarks; None: the source knows none."""
