"""Turns notices into deliveries, page by page. A restart continues at the stored position: no chat is missed, and none gets two."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.domain.ports.operating import NoticeStore
from shared.waiting import Refresher

IDLE_SECONDS = 2.0


class Broadcasting:
    """Sends the notices of one channel."""

    def __init__(self, notices: NoticeStore, channel: str, clock: TimeAndRandom, wake: Callable[[], None]) -> None:
        self._notices, self._channel, self._clock, self._wake = notices, channel, clock, wake
        self._more = False

    async def run(self, stopping: asyncio.Event) -> None:
        """Look for notices until stopped; a page that fails is tried again."""
        await Refresher(self.once, "broadcasts", lambda: 0.0 if self._more else IDLE_SECONDS, stopping).run()

    async def once(self) -> None:
        """Insert one page of deliveries. Raises TransientError."""
        self._more = await self._notices.send_page(self._channel, self._clock.now()) > 0
        if self._more:
            self._wake()
