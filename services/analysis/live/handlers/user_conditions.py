"""What users ask: read now and then, and brought into the engine of each partition between two batches."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Final, Protocol

import structlog

from services.analysis.kernels.plan import Wish
from services.analysis.live.domain.user_conditions import Alert, book
from services.analysis.live.handlers import measures
from services.analysis.live.handlers.partition import Partition

log: Final = structlog.get_logger("analysis.conditions")


class Asked(Protocol):
    """Where users' conditions are kept; raises ``TransientError``."""

    async def alerts(self) -> list[Alert]: ...


class Asking:
    """The newest book of conditions, and its way into the engines."""

    def __init__(self, asked: Asked, always: Sequence[Wish] = ()) -> None:
        """``always``: indicators that run anyway."""
        self._asked = asked
        self._alerts: list[Alert] = []
        self._always = tuple(always)
        self._book = book((), always=self._always)

    async def read(self) -> None:
        """Reads what is asked at this time; as long as that is the same, so is the book. Raises ``TransientError``."""
        alerts = await self._asked.alerts()
        if alerts == self._alerts:
            return
        self._book = await asyncio.to_thread(partial(book, alerts, always=self._always))
        self._alerts = alerts
        measures.conditions.set(len(self._book.conditions))
        measures.conditions_left_out.set(len(self._book.left_out))
        for text, reason in self._book.left_out.items():
            log.warning("a condition does not run", condition=text, reason=reason)

    @property
    def wishes(self) -> tuple[Wish, ...]:
        """The indicators that run for conditions at this time."""
        return self._book.wishes

    async def take(self, mine: Partition) -> None:
        """The newest book takes effect, if it is not the one that the engine has.

        Where it needs other indicators, their values are unknown, and so the conditions do not fire, until ``WarmUp`` has shown
        them the past of a symbol.
        """
        wanted, engine = self._book, mine.engine
        if engine.asked is wanted:
            return
        if engine.wishes != wanted.wishes:
            engine.wish(wanted.wishes)
            log.info(
                "indicators run for conditions",
                partition=mine.number,
                wishes=len(wanted.wishes),
                warming_up=len(engine.not_warmed_up),
            )
        await asyncio.to_thread(engine.ask, wanted)
