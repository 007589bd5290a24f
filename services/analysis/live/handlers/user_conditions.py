"""What users ask: read now and then, and brought into the engine of each partition between two batches."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Final, Protocol

import structlog

from services.analysis.kernels.plan import IndicatorSpec
from services.analysis.live.domain.user_conditions import ConditionRequest, condition_set
from services.analysis.live.handlers import measures
from services.analysis.live.handlers.partition import Partition

log: Final = structlog.get_logger("analysis.conditions")


class ConditionReader(Protocol):
    """Where users' conditions are kept; raises ``TransientError``."""

    async def requests(self) -> list[ConditionRequest]: ...


class UserConditions:
    """The newest book of conditions, and its way into the engines."""

    def __init__(self, stored: ConditionReader, always: Sequence[IndicatorSpec] = ()) -> None:
        """``always``: indicators that run anyway."""
        self._stored = stored
        self._requests: list[ConditionRequest] = []
        self._always = tuple(always)
        self._condition_set = condition_set((), always=self._always)

    async def read(self) -> None:
        """Reads what is asked at this time; as long as that is the same, so is the book. Raises ``TransientError``."""
        requests = await self._stored.requests()
        if requests == self._requests:
            return
        self._condition_set = await asyncio.to_thread(partial(condition_set, requests, always=self._always))
        self._requests = requests
        measures.conditions.set(len(self._condition_set.conditions))
        measures.conditions_left_out.set(len(self._condition_set.left_out))
        for text, reason in self._condition_set.left_out.items():
            log.warning("a condition does not run", condition=text, reason=reason)

    @property
    def requested(self) -> tuple[IndicatorSpec, ...]:
        """The indicators that run for conditions at this time."""
        return self._condition_set.requested

    async def apply_to(self, mine: Partition) -> None:
        """The newest book takes effect, if it is not the one that the engine has.

        Where it needs other indicators, their values are unknown, and so the conditions do not fire, until ``WarmUp`` has shown
        them the past of a symbol.
        """
        wanted, engine = self._condition_set, mine.engine
        if engine.condition_set is wanted:
            return
        if engine.requested != wanted.requested:
            engine.request_indicators(wanted.requested)
            log.info(
                "indicators run for conditions",
                partition=mine.number,
                requested=len(wanted.requested),
                warming_up=len(engine.not_warmed_up),
            )
        await asyncio.to_thread(engine.set_conditions, wanted)
