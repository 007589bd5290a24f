"""Computes the values of industries and relative strength that conditions read, beside the consumer's loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

from services.analysis.kernels.groups.condition_values import GroupValues, reads_group
from services.analysis.kernels.groups.daily_closes import DailyCloses
from services.analysis.kernels.groups.group_computation import GroupComputation
from services.analysis.kernels.groups.group_needs import GroupNeeds, group_needs
from services.analysis.kernels.groups.instrument_groups import InstrumentGroups
from services.analysis.kernels.signatures import SeriesKernels
from services.analysis.live.domain.calendar import Calendar
from services.analysis.live.domain.user_conditions import ConditionSet
from shared.conditions.expression import Elsewhere
from shared.failures import TransientError

log: Final = structlog.get_logger("analysis.groups")
MOST_SESSIONS: Final = 2_600
"""Newest daily closes of an instrument that are read: ten years. Values of earlier sessions are unknown."""
AGAIN_SECONDS: Final = 900.0
"""How often all closes are read again, since a correction may change an old one."""
SECONDS: Final = 60.0
"""How long the reads of one call may take. What has been read by then is kept, and the next call goes on."""


class GroupStore(Protocol):
    """Reads the database; all raise ``TransientError``."""

    async def groups(self) -> InstrumentGroups: ...

    async def newest(self, symbols: Collection[str]) -> dict[str, tuple[int, float, float]]: ...

    async def closes(self, symbol: str, exchange: str, most: int) -> DailyCloses: ...


@dataclass(frozen=True)
class _Read:
    """The closes of an instrument, and the newest bar at the time."""

    newest: tuple[int, float, float] | None
    at: float
    closes: DailyCloses


class MeasuredGroups:
    """Reads and computes; an instrument's closes again when it has a new daily bar, or after ``AGAIN_SECONDS``."""

    def __init__(
        self,
        stored: GroupStore,
        calendar: Calendar,
        kernels: SeriesKernels,
        clock: Callable[[], float] = time.monotonic,
        seconds: float = SECONDS,
    ) -> None:
        """``calendar``: the engine's, so that both have the same sessions."""
        self._stored = stored
        self._times = {exchange: calendar.times[code] for exchange, code in calendar.codes.items()}
        self._kernels = kernels
        self._clock = clock
        self._seconds = seconds
        self._asked: tuple[Mapping[Elsewhere, frozenset[str] | None], InstrumentGroups] | None = None
        self._needs = GroupNeeds()
        self._read: dict[str, _Read] = {}
        self._computation = self._of(GroupNeeds())
        self._computed_from: Mapping[str, DailyCloses] = {}
        self._current = GroupValues()

    async def current(self, conditions: ConditionSet) -> GroupValues:
        """The values that these conditions read; the same object while nothing has changed.

        All that is needed has been read when it returns, so that a start never judges bars with a part of it.

        Raises:
            TransientError: the database is not there, or does not answer in time.
        """
        nodes = _judged(conditions)
        needs = GroupNeeds()
        if nodes:
            try:
                async with asyncio.timeout(self._seconds):
                    needs = await self._needs_of(nodes, await self._stored.groups())
                    await self._read_closes(needs.series)
            except TimeoutError as error:
                raise TransientError(f"daily closes of industries are not read after {self._seconds:.0f} seconds") from error
        self._read = {symbol: read for symbol, read in self._read.items() if symbol in needs.series}
        closes = {symbol: read.closes for symbol, read in self._read.items()}
        if needs == self._computation.needs and closes == self._computed_from:
            return self._current
        if needs != self._computation.needs:
            for reason in needs.left_out:
                log.warning("values of industries or relative strength are unknown", reason=reason)
            self._computation = self._of(needs)
        self._current = await asyncio.to_thread(self._computation.values, closes)
        self._computed_from = closes
        return self._current

    async def _needs_of(self, nodes: Mapping[Elsewhere, frozenset[str] | None], groups: InstrumentGroups) -> GroupNeeds:
        if self._asked != (nodes, groups):
            self._needs = await asyncio.to_thread(group_needs, nodes, groups)
            self._asked = nodes, groups
        return self._needs

    def _of(self, needs: GroupNeeds) -> GroupComputation:
        return GroupComputation(needs, self._times, self._kernels)

    async def _read_closes(self, series: Mapping[str, str]) -> None:
        newest = await self._stored.newest(series.keys())
        for symbol, exchange in series.items():
            before, state = self._read.get(symbol), newest.get(symbol)
            unchanged = before is not None and (before.newest, before.closes.exchange) == (state, exchange)
            if unchanged and before is not None and self._clock() - before.at < AGAIN_SECONDS:
                continue
            closes = await self._stored.closes(symbol, exchange, MOST_SESSIONS)
            same = before is not None and before.closes.same(closes)
            self._read[symbol] = _Read(state, self._clock(), before.closes if same and before is not None else closes)


def _judged(conditions: ConditionSet) -> dict[Elsewhere, frozenset[str] | None]:
    """The expressions over groups, each with the instruments that it is judged for; None is every instrument."""
    found: dict[Elsewhere, frozenset[str] | None] = {}
    for (_, node), scope in conditions.derived.items():
        if isinstance(node, Elsewhere) and node.instrument and reads_group(node):
            before = found.get(node, frozenset())
            found[node] = None if scope.everything or before is None else before | scope.symbols
    return found
