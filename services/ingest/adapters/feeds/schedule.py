"""The schedule of reads: APScheduler runs each feed at its own next time."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from services.ingest.domain.feeds.feed import Feed

Read = Callable[[Feed], Awaitable[int | None]]
"""Reads a feed; the result is when to read it next, milliseconds since the epoch, or None for not again."""
FORGET_HOURS: Final = 6
FORGET_JITTER: Final = 1800


class FeedSchedule:
    """Runs reads until the process stops."""

    def __init__(self, read: Read, forget: Callable[[], Awaitable[None]]) -> None:
        self._read = read
        self._forget = forget
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        # without misfire_grace_time=None, a read that begins more than a second late is dropped, and with it the feed
        self._scheduler = AsyncIOScheduler(
            timezone=dt.UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )

    async def run(self, first: Iterable[tuple[Feed, int]], stopping: asyncio.Event) -> None:
        """Read each feed at its first time and at its later ones. Raises what a read raises: APScheduler only logs it."""
        self._scheduler.add_listener(self._on_error, EVENT_JOB_ERROR)
        for feed, at in first:
            self._add(feed, at)
        self._scheduler.add_job(self._forget, IntervalTrigger(hours=FORGET_HOURS, jitter=FORGET_JITTER, timezone=dt.UTC))
        self._scheduler.start()
        watch = asyncio.create_task(self._end_with(stopping), name="feeds: stop")
        try:
            await self._ended
        finally:
            watch.cancel()
            self._scheduler.shutdown(wait=False)  # cancels running reads: what they have not remembered is read again

    async def _end_with(self, stopping: asyncio.Event) -> None:
        await stopping.wait()
        if not self._ended.done():
            self._ended.set_result(None)

    async def _run(self, feed: Feed) -> None:
        at = await self._read(feed)
        if at is not None:
            self._add(feed, at)

    def _add(self, feed: Feed, at: int) -> None:
        when = DateTrigger(dt.datetime.fromtimestamp(at / 1000, tz=dt.UTC), timezone=dt.UTC)
        self._scheduler.add_job(self._run, when, args=[feed], id=feed.id, name=feed.id, replace_existing=True)

    def _on_error(self, event: JobExecutionEvent) -> None:
        if not self._ended.done():
            self._ended.set_exception(event.exception)
