"""One bounded queue for the ticks of stream and poll, history and reports; it is read in batches that are acknowledged."""

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

MAX_QUEUED: Final = 10_000
"""Capacity of the queue. Producers wait while it is full, so that a slow broker slows down the reading of the socket."""
CHECK_SECONDS: Final = 0.5

stale_ticks = counter(
    "ingest_yahoo_stale_ticks_total", "Dropped ticks: older than or equal to the previous tick of their symbol.", ["source"]
)
queued = gauge("ingest_yahoo_waiting_items", "Items that are waiting to be published.")


@dataclass(frozen=True)
class _Entry:
    item: Item
    published: asyncio.Event | None = None


class OutputQueue:
    """Collects items from several tasks and yields them in batches."""

    def __init__(self, stopping: asyncio.Event) -> None:
        self._stopping = stopping
        self._queue: asyncio.Queue[_Entry] = asyncio.Queue(MAX_QUEUED)
        self._newest: dict[str, Tick] = {}

    async def put(self, tick: Tick) -> None:
        """Queue a tick, unless a newer or equal tick of its symbol was queued before."""
        last = self._newest.get(tick.symbol)
        if last is not None and (
            tick.ts_event < last.ts_event
            or (tick.ts_event == last.ts_event and (tick.price, tick.day_volume) == (last.price, last.day_volume))
        ):
            stale_ticks.labels(tick.source).inc()
            return
        self._newest[tick.symbol] = tick
        await self._queue.put(_Entry(tick))

    async def put_report(self, event: Quarantined) -> None:
        """Queue a report."""
        await self._queue.put(_Entry(event))

    async def publish(self, backfill: Backfill) -> bool:
        """Queue a backfill and wait until it has been acknowledged; False if the process stops before."""
        entry = _Entry(backfill, asyncio.Event())
        await self._queue.put(entry)
        while entry.published is not None and not entry.published.is_set() and not self._stopping.is_set():
            await pause(CHECK_SECONDS, entry.published)
        return entry.published is not None and entry.published.is_set()

    async def batches(self, tasks: Mapping[str, Callable[[], Awaitable[None]]]) -> AsyncIterator[Sequence[Item]]:
        """Run the producing tasks and yield their items until the process stops.

        Raises:
            Exception: the exception of a task. A task that returns or is cancelled before the process stops is an error too.
        """
        running = [asyncio.create_task(_run(run), name=name) for name, run in tasks.items()]
        try:
            while not self._stopping.is_set():
                if entries := await self._next_entries():
                    queued.set(self._queue.qsize())
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

    async def _next_entries(self) -> list[_Entry]:
        """All queued entries, at most a batch; empty if nothing arrives within ``CHECK_SECONDS``."""
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                entries = [await self._queue.get()]
        except TimeoutError:
            return []
        while len(entries) < MAX_BATCH and not self._queue.empty():
            entries.append(self._queue.get_nowait())
        return entries


async def _run(run: Callable[[], Awaitable[None]]) -> None:
    await run()
