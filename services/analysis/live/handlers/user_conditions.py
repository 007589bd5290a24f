"""Reads users' conditions periodically, and applies them to the engine of each partition between two batches."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from functools import partial
from typing import Final, Protocol

import structlog

from services.analysis.kernels.conditions.other_instruments import OtherInstruments
from services.analysis.kernels.plan import IndicatorSpec
from services.analysis.live.domain.requested_indicators import columns_of
from services.analysis.live.domain.user_conditions import ConditionRequest, ConditionSet, condition_set
from services.analysis.live.handlers import metrics
from services.analysis.live.handlers.partition import Partition

log: Final = structlog.get_logger("analysis.conditions")


class ConditionReader(Protocol):
    """Reads users' conditions; raises ``TransientError``."""

    async def requests(self) -> list[ConditionRequest]: ...


class OtherReader(Protocol):
    """Computes the values of other instruments that conditions read; raises ``TransientError``."""

    async def current(self, conditions: ConditionSet) -> OtherInstruments: ...


class IndicatorCompiler(Protocol):
    """Compiles kinds of indicators in the background."""

    @property
    def compiled(self) -> frozenset[str]: ...
    async def request(self, kinds: Collection[str]) -> None: ...


class UserConditions:
    """The current set of conditions, and the values of other instruments that they read."""

    def __init__(
        self, stored: ConditionReader, others: OtherReader, compiler: IndicatorCompiler, always: Sequence[IndicatorSpec] = ()
    ) -> None:
        """``always``: indicators that run whether a condition names them or not."""
        self._stored = stored
        self._others = others
        self.others = OtherInstruments()
        self._compiler = compiler
        self._read: tuple[list[ConditionRequest], frozenset[str]] | None = None
        self._always = tuple(always)
        self._condition_set = ConditionSet()

    async def read(self) -> None:
        """Reads the current conditions; the set stays the same object while they are unchanged. Raises ``TransientError``."""
        requests = await self._stored.requests()
        if self._read == (requests, self._compiler.compiled):
            self.others = await self._others.current(self._condition_set)
            return
        current = await self._set_of(requests)
        if current.uncompiled:
            await self._compiler.request({kind for kind, _ in current.uncompiled})
            current = await self._set_of(requests)
        self.others = await self._others.current(current)  # first: a warm-up reads them too
        self._condition_set = current
        self._read = requests, self._compiler.compiled
        metrics.conditions.set(len(self._condition_set.conditions))
        metrics.conditions_left_out.set(len(self._condition_set.left_out))
        for text, reason in self._condition_set.left_out.items():
            log.warning("a condition does not run", condition=text, reason=reason)

    async def _set_of(self, requests: Sequence[ConditionRequest]) -> ConditionSet:
        return await asyncio.to_thread(partial(condition_set, requests, always=self._always, compiled=self._compiler.compiled))

    @property
    def uncompiled(self) -> list[str]:
        """The columns of the indicators whose kinds are not compiled yet."""
        return columns_of(self._condition_set.uncompiled)

    @property
    def current(self) -> ConditionSet:
        """The conditions that were read last."""
        return self._condition_set

    async def apply_to(self, mine: Partition) -> None:
        """Gives the engine the current set, if it has another one.

        The values of indicators that are new to the engine are unknown, and their conditions do not fire, until ``WarmUp`` has
        processed the past of a symbol.
        """
        current, engine = self._condition_set, mine.engine
        if engine.others is not self.others:
            engine.set_others(self.others)
        if engine.condition_set is current:
            return
        if engine.requested != current.requested:
            engine.request_indicators(current.requested)
            log.info(
                "indicators run for conditions",
                partition=mine.number,
                requested=len(current.requested),
                warming_up=len(engine.not_warmed_up),
            )
        await asyncio.to_thread(engine.set_conditions, current)
