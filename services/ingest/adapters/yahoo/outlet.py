"""Where the stream, the poll and the history meet: one bounded queue, drained in batches that are acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.ingest.domain.source import MAX_BATCH, Backfill, Item
from shared.events import Quarantined, Tick
from shared.metrics import counter, gauge
from shared.tasks import result_of
from shared.waiting import pause

MAX_WAITING: Final = 10_000
"""Items that may wait; whoever puts more has to wait, so that a slow broker slows the reading of the socket."""
LOOK_SECONDS: Final = 0.5

stale_ticks = counter(
    "ingest_yahoo_stale_ticks_total", "Ticks older than, or the same as, what was passed on of their symbol.", ["source"]
)
waiting = gauge("ingest_yahoo_waiting_items", "Items that wait to be published.")


@dataclass(frozen=True)
class _Entry:
    item: Item
    published: asyncio.Event | None = None


class Outlet:
    """Gathers items from several tasks and yields them in batches."""

    def __init__(self, stopping: asyncio.Event) -> None:
        self._stopping = stopping
        self._queue: asyncio.Queue[_Entry] = asyncio.Queue(MAX_WAITING)
        self._newest: dict[str, Tick] = {}

    async def put(self, tick: Tick) -> None:
        """Pass on a tick, unless the stream and the poll have told something newer of its symbol, or the same."""
        last = self._newest.get(tick.symbol)
        if last is not None and (
            tick.ts_event < last.ts_event
            or (tick.ts_event == last.ts_event and (tick.price, tick.day_volume) == (last.price, last.day_volume))
        ):
            stale_ticks.labels(tick.source).inc()
            return
        self._newest[tick.symbol] = tick
        await self._queue.put(_Entry(tick))

    async def tell(self, event: Quarantined) -> None:
        """Pass on what was found wrong."""
        await self._queue.put(_Entry(event))

    async def publish(self, backfill: Backfill) -> bool:
        """Pass on a backfill and wait until it has been acknowledged; False when the process stops before."""
        entry = _Entry(backfill, asyncio.Event())
        await self._queue.put(entry)
        while entry.published is not None and not entry.published.is_set() and not self._stopping.is_set():
            await pause(LOOK_SECONDS, entry.published)
        return entry.published is not None and entry.published.is_set()

    async def batches(self, tasks: Mapping[str, Callable[[], Awaitable[None]]]) -> AsyncIterator[Sequence[Item]]:
        """Run the tasks that put and publish; yield what they bring until the process stops.

        Raises:
            Exception: whatever a task raised. A task that returns or is cancelled before the process stops is an error too.
        """
        running = [asyncio.create_task(_awaited(run), name=name) for name, run in tasks.items()]
        try:
            while not self._stopping.is_set():
                if entries := await self._next():
                    waiting.set(self._queue.qsize())
                    yield [entry.item for entry in entries]
                    for entry in entries:
                        if entry.published is not None:
                            entry.published.set()
                for task in running:
                    if task.done() and not self._stopping.is_set():
                        result_of(task)
                        raise RuntimeError(f"task {task.get_name()!r} returned before the process was to stop")
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _next(self) -> list[_Entry]:
        """Everything that waits, at most a batch; empty after a moment without anything."""
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                entries = [await self._queue.get()]
        except TimeoutError:
            return []
        while len(entries) < MAX_BATCH and not self._queue.empty():
            entries.append(self._queue.get_nowait())
        return entries


async def _awaited(run: Callable[[], Awaitable[None]]) -> None:
    await run()
