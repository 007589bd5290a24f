"""What is known of industries and of benchmarks, and the values that conditions read of them, by the functions that live runs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from services.analysis.kernels.conditions.times import ExchangeTimes
from services.analysis.kernels.groups.condition_values import GroupValues
from services.analysis.kernels.groups.daily_closes import DailyCloses
from services.analysis.kernels.groups.group_computation import GroupComputation
from services.analysis.kernels.groups.group_needs import GroupNeeds
from services.analysis.kernels.signatures import SeriesKernels
from shared.conditions.expression import Elsewhere


@dataclass(frozen=True)
class KnownGroups:
    """The needs of some expressions for some instruments, and the closes that they read."""

    needs: GroupNeeds = field(default_factory=GroupNeeds)
    closes: Mapping[str, DailyCloses] = field(default_factory=dict)
    """By symbol."""

    @property
    def exchanges(self) -> frozenset[str]:
        """Those whose sessions are needed."""
        return frozenset({*self.needs.series.values(), *(need.exchange for need in self.needs.wanted)})

    @property
    def hashes(self) -> dict[str, str]:
        """SHA-256 (64 hex digits) of the closes of each instrument, by symbol."""
        return {symbol: each.content_hash for symbol, each in self.closes.items()}

    def of(self, symbol: str, nodes: Collection[Elsewhere]) -> KnownGroups:
        """What some expressions need for one instrument."""
        wanted = tuple(need for need in self.needs.wanted if need.symbol == symbol and need.node in nodes)
        read = frozenset[str]().union(*(need.series for need in wanted))
        series = {each: exchange for each, exchange in self.needs.series.items() if each in read}
        closes = {each: found for each, found in self.closes.items() if each in read}
        return KnownGroups(replace(self.needs, wanted=wanted, series=series), closes)

    def until(self, moment: int) -> KnownGroups:
        """What was known at a moment (milliseconds since the epoch)."""
        return replace(self, closes={symbol: each.until(moment) for symbol, each in self.closes.items()})

    def values(self, exchanges: Mapping[str, ExchangeTimes], kernels: SeriesKernels) -> GroupValues:
        """The values of all needs. ``exchanges``: the sessions by exchange."""
        return GroupComputation(self.needs, exchanges, kernels).values(self.closes)
