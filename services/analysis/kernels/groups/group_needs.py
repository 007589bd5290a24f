"""What must be read to compute the values of groups that conditions name, within bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from services.analysis.kernels.groups.condition_values import INDUSTRY, reads_relative
from services.analysis.kernels.groups.instrument_groups import InstrumentGroups
from shared.conditions.expression import Elsewhere
from shared.conditions.normal_form import render

MOST_MEMBERS: Final = 400
"""Members of an industry. The values of a larger one are unknown: those of a part of it would be wrong."""
MOST_SERIES: Final = 1_000
"""Instruments whose daily closes are kept."""
MOST_TABLES: Final = 4_096
"""Pairs of an expression and a judged instrument."""
MOST_PAIRS: Final = 20_000
"""Members that instruments are compared with for their relative strength, added up: about twenty seconds of a core."""


@dataclass(frozen=True)
class GroupNeed:
    """One expression for one judged instrument."""

    node: Elsewhere
    symbol: str
    exchange: str
    industry: str = ""
    """Empty: of the benchmark."""
    members: tuple[str, ...] = ()
    """Of the industry."""
    benchmarks: tuple[str, ...] = ()

    @property
    def series(self) -> set[str]:
        """The instruments whose closes it reads."""
        return {*self.members, *self.benchmarks, *([self.symbol] if reads_relative(self.node) else [])}


@dataclass(frozen=True)
class GroupNeeds:
    """All that is computed, and what is left out."""

    wanted: tuple[GroupNeed, ...] = ()
    series: Mapping[str, str] = field(default_factory=dict)
    """Symbol -> exchange."""
    left_out: tuple[str, ...] = ()
    """Reasons, each once."""


def group_needs(nodes: Mapping[Elsewhere, frozenset[str] | None], groups: InstrumentGroups) -> GroupNeeds:
    """The needs of expressions, each with the instruments that it is judged for; None is every instrument.

    An instrument without an industry or a benchmark needs nothing: its value is unknown.
    """
    wanted: list[GroupNeed] = []
    series: set[str] = set()
    left_out: dict[str, None] = {}
    pairs: dict[str, int] = {}
    for node in sorted(nodes, key=render):
        symbols = nodes[node]
        for symbol in sorted(groups.exchanges if symbols is None else symbols & groups.exchanges.keys()):
            need = _need(node, symbol, groups)
            if need is None:
                continue
            more = need.series & groups.exchanges.keys()
            compared = {symbol: len(need.members)} if reads_relative(node) and need.members else {}
            if len(need.members) > MOST_MEMBERS:
                left_out[f"industry {need.industry} has more than {MOST_MEMBERS} members"] = None
            elif len(wanted) >= MOST_TABLES:
                left_out[f"conditions need more than {MOST_TABLES} series of industries and relative strength"] = None
            elif len(series | more) > MOST_SERIES:
                left_out[f"conditions need the daily closes of more than {MOST_SERIES} instruments"] = None
            elif sum({**pairs, **compared}.values()) > MOST_PAIRS:
                left_out[f"conditions compare instruments with more than {MOST_PAIRS} members of their industries"] = None
            else:
                wanted.append(need)
                series |= more
                pairs |= compared
    return GroupNeeds(tuple(wanted), {symbol: groups.exchanges[symbol] for symbol in sorted(series)}, tuple(left_out))


def _need(node: Elsewhere, symbol: str, groups: InstrumentGroups) -> GroupNeed | None:
    exchange = groups.exchanges[symbol]
    if node.instrument != INDUSTRY:
        benchmarks = groups.benchmarks.get(symbol, ())
        return GroupNeed(node, symbol, exchange, benchmarks=benchmarks) if benchmarks else None
    industry = groups.industries.get(symbol, "")
    members = groups.members.get(industry, ())
    return GroupNeed(node, symbol, exchange, industry, members) if members else None
