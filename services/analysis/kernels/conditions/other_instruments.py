"""Values of other instruments at the end of their sessions, as conditions read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from services.analysis.kernels.conditions.times import ExchangeTimes
from services.analysis.kernels.groups.condition_values import GroupValues, reads_group
from services.analysis.kernels.indicators.kind import Floats, Int64s
from shared.conditions import Node
from shared.conditions.expression import Elsewhere

BENCHMARK: Final = "benchmark"


@dataclass(frozen=True)
class Market:
    """What says the benchmark of an instrument."""

    exchanges: tuple[str, ...]
    suffix: str
    """What the symbols end in; empty: any."""
    benchmarks: tuple[str, ...]
    """Symbols, the first choice first."""


def benchmark_of(symbol: str, exchange: str, markets: Sequence[Market]) -> str | None:
    """The first benchmark of the first market that contains an instrument; none is its own."""
    mine = next((one.benchmarks for one in markets if exchange in one.exchanges and symbol.endswith(one.suffix)), ())
    return next((one for one in mine if one != symbol), None)


@dataclass(frozen=True)
class SessionValues:
    """Expressions over the daily bars of one instrument."""

    exchange: str
    sessions: Int64s
    """(sessions,), yyyymmdd, ascending."""
    values: Mapping[Node, Floats]
    """Each of shape (sessions,); truths are 1.0 and 0.0."""


@dataclass(frozen=True)
class OtherInstruments:
    """What is known of the instruments that conditions refer to. Immutable: engines get a new one between two batches."""

    known: Mapping[str, SessionValues] = field(default_factory=dict)
    """By symbol."""
    benchmarks: Mapping[str, str] = field(default_factory=dict)
    """Symbol -> its benchmark, for the symbols that have one."""
    groups: GroupValues = field(default_factory=GroupValues)
    """Values of industries, and relative strength."""

    def values(self, node: Elsewhere, symbol: str, exchanges: Mapping[str, ExchangeTimes], opens: Int64s) -> Floats:
        """The value for bars of ``symbol``: that of the other's newest session that had closed when the bar's session opened.

        ``opens``: the opens of the bars' sessions, -1 where unknown; the result has the same shape, (bars,). It is NaN where the
        bar of that very session is not stored; an older one is not used instead. ``exchanges``: their times, by code.
        """
        if reads_group(node):
            return self.groups.values(node, symbol, opens)
        other = self.benchmarks.get(symbol, "") if node.instrument == BENCHMARK else node.instrument
        known = self.known.get(other)
        unknown = np.full(len(opens), np.nan)
        if known is None or node.operand not in known.values or known.exchange not in exchanges or not len(known.sessions):
            return unknown
        times = exchanges[known.exchange]
        at = np.searchsorted(times.close, opens, side="right") - 1
        wanted = times.date[at]
        place = np.minimum(np.searchsorted(known.sessions, wanted), len(known.sessions) - 1)
        found = (opens >= 0) & (at >= 0) & (known.sessions[place] == wanted)
        return np.where(found, known.values[node.operand][place], unknown)
