"""Computes the values of groups that conditions read from the daily closes of the members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

import numpy as np

from services.analysis.kernels.conditions.times import ExchangeTimes
from services.analysis.kernels.conditions.whole_series import SeriesValues, values_of
from services.analysis.kernels.groups.aligned import Floats
from services.analysis.kernels.groups.at_opens import breadth_at, first_known_relative_at, relative_at
from services.analysis.kernels.groups.condition_values import GroupValues, ValuesByOpen, reads_relative
from services.analysis.kernels.groups.daily_closes import DailyCloses
from services.analysis.kernels.groups.group_needs import GroupNeed, GroupNeeds
from services.analysis.kernels.groups.session_opens import SessionOpens, session_opens
from services.analysis.kernels.signatures import SeriesKernels
from shared.conditions import Node
from shared.conditions.expression import BAR_FIELDS, INDUSTRY_FIELDS, RELATIVE_FIELDS
from shared.events import Timeframe

COLUMNS: Final = (*INDUSTRY_FIELDS, *RELATIVE_FIELDS)


class GroupComputation:
    """The computation of some needs. What depends on closes that have not changed is not computed again."""

    def __init__(self, needs: GroupNeeds, times: Mapping[str, ExchangeTimes], kernels: SeriesKernels) -> None:
        """``times``: the sessions of the calendar by exchange."""
        self.needs = needs
        self._times = times
        self._kernels = kernels
        exchanges = {need.exchange for need in needs.wanted}
        of_industries = {(need.industry, need.exchange, need.node) for need in needs.wanted if need.industry}
        # Closes are compared by identity. There is room for one generation of results, so that old closes are not kept for long.
        self._opens = lru_cache(max(1, len(exchanges)))(self._session_opens)
        self._breadth = lru_cache(max(1, len({one[:2] for one in of_industries})))(self._computed_breadth)
        self._table = lru_cache(max(1, len(of_industries)))(self._computed_table)
        self._relative = lru_cache(max(1, len({(need.symbol, need.industry) for need in needs.wanted})))(self._computed_relative)

    def values(self, closes: Mapping[str, DailyCloses]) -> GroupValues:
        """The values of all needs. ``closes``: by symbol; one that has none counts as without a stored bar."""
        firsts = [int(each.ts_close[0]) for each in closes.values() if len(each.ts_close)]
        if not firsts:
            return GroupValues()
        return GroupValues(
            {
                (need.node, need.symbol): self._one(need, closes, min(firsts))
                for need in self.needs.wanted
                if need.exchange in self._times
            }
        )

    def _one(self, need: GroupNeed, closes: Mapping[str, DailyCloses], since: int) -> ValuesByOpen:
        opens = self._opens(need.exchange, since)
        members = tuple(closes[symbol] for symbol in need.members if symbol in closes)
        if not reads_relative(need.node):
            return self._table(need.node.operand, members, opens)
        relative = np.full((len(RELATIVE_FIELDS), len(opens.opens)), np.nan)
        if need.symbol in closes:
            others = need.members if need.industry else need.benchmarks
            held = tuple(closes[symbol] for symbol in others if symbol != need.symbol and symbol in closes)
            relative = self._relative(closes[need.symbol], held, opens, mean=bool(need.industry))
        return _evaluated(self._kernels, need.node.operand, opens, self._breadth(members, opens), relative)

    def _session_opens(self, exchange: str, since: int) -> SessionOpens:
        return session_opens(exchange, self._times[exchange], since)

    def _computed_breadth(self, members: Sequence[DailyCloses], opens: SessionOpens) -> Floats:
        return breadth_at(members, opens, self._times)

    def _computed_relative(self, own: DailyCloses, others: Sequence[DailyCloses], opens: SessionOpens, *, mean: bool) -> Floats:
        return (relative_at if mean else first_known_relative_at)(own, others, opens, self._times)

    def _computed_table(self, operand: Node, members: Sequence[DailyCloses], opens: SessionOpens) -> ValuesByOpen:
        unknown = np.full((len(RELATIVE_FIELDS), len(opens.opens)), np.nan)
        return _evaluated(self._kernels, operand, opens, self._breadth(members, opens), unknown)


def _evaluated(kernels: SeriesKernels, operand: Node, opens: SessionOpens, industry: Floats, relative: Floats) -> ValuesByOpen:
    no_bars = np.full((len(BAR_FIELDS), len(opens.opens)), np.nan)
    series = SeriesValues(np.vstack([industry, relative, no_bars]), opens.opens)
    return ValuesByOpen(opens.opens, values_of(kernels, operand, Timeframe.D1, COLUMNS, {Timeframe.D1: series}))
