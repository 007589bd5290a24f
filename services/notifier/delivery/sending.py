"""The sender: reads due deliveries, sends them through their channels within the rate limits, and records the outcomes."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

import structlog

from services.notifier.delivery import metrics
from services.notifier.delivery.arranging import Arranger
from services.notifier.delivery.attempt import Attempt
from services.notifier.delivery.channel_schedule import ChannelSchedule
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.domain.address import Address
from services.notifier.domain.delivery import DeliveryRow, RetryPolicy, RowChange, apply_to_message
from services.notifier.domain.outcomes import NoResponse
from services.notifier.domain.ports.deliveries import DeliveryQueue
from services.notifier.domain.send_plan import plan_sends
from shared.backoff import Backoff
from shared.failures import TransientError, classify
from shared.tasks import result_of
from shared.waiting import pause

PAGE = 200
SOON = 5_000
"""Milliseconds that a run may wait for the rate limit; a chat that must wait longer is postponed."""
IDLE_SECONDS = 0.5
LONGEST_RETRY_WAIT = 5.0
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class SenderOptions:
    """Options of the sender. Times in milliseconds."""

    reserve: int
    """How long deliveries are reserved while pictures are drawn and the rate limit is awaited."""
    lease: int
    """Time after which a delivery in ``sending`` counts as abandoned."""
    concurrency: int
    policy: RetryPolicy


class Sender:
    """Sends the deliveries of some channels; several processes may share them."""

    def __init__(
        self,
        deliveries: DeliveryQueue,
        schedules: Mapping[str, ChannelSchedule],
        attempt: Attempt,
        arranger: Arranger,
        options: SenderOptions,
        clock: TimeAndRandom,
    ) -> None:
        self._deliveries, self._schedules, self._attempt = deliveries, schedules, attempt
        self._arranger = arranger
        self._options, self._clock = options, clock
        self._running: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._wake = asyncio.Event()
        self._checked_at = 0
        self._backoff = Backoff(Random(), maximum=LONGEST_RETRY_WAIT)  # noqa: S311 - jitter
        self.connected = False
        """Whether the last query of the database succeeded."""

    def wake(self) -> None:
        """Read due deliveries at once."""
        self._wake.set()

    async def run(self, stopping: asyncio.Event) -> None:
        """Send until stopped, then finish the current attempts.

        Raises:
            Exception: an error of a run other than ``TransientError``; the other runs have finished their current attempt.
        """
        ending = asyncio.Event()
        watch = asyncio.create_task(self._wake_on(stopping, ending), name="sender stop")
        try:
            while not stopping.is_set():
                self._wake.clear()
                try:
                    await self._close_abandoned()
                    more = await self._start_due(ending)
                    self.connected = True
                    self._backoff.reset()
                except TransientError as error:
                    self.connected = False
                    _log.warning("deliveries not read", error=str(error))
                    await pause(self._backoff.next(), stopping)
                    continue
                if not more:
                    await pause(IDLE_SECONDS, self._wake)
                self._collect_finished()
        finally:
            watch.cancel()
            ending.set()
            if self._running:
                await asyncio.wait(self._running.values())
            self._collect_finished()

    async def _wake_on(self, stopping: asyncio.Event, ending: asyncio.Event) -> None:
        await stopping.wait()
        ending.set()
        self._wake.set()

    def _collect_finished(self) -> None:
        for key, task in list(self._running.items()):
            if task.done():
                del self._running[key]
                result_of(task)

    async def _close_abandoned(self) -> None:
        """Record rows with an expired lease as requests without a response: their process died or is frozen."""
        now = self._clock.now()
        if now - self._checked_at < min(self._options.lease // 4, 5_000):
            return
        outcome = NoResponse("the process ended while sending")
        for row, change in self._changes(await self._deliveries.expired_leases(now, PAGE), outcome, now):
            if await self._deliveries.finish(row, change, now):
                metrics.UNKNOWNS.labels(row.channel).inc()
                _log.warning(
                    "abandoned delivery: its lease has expired", signal=row.signal_id, channel=row.channel, final=change.final
                )
        self._checked_at = now

    def _changes(self, abandoned: Sequence[DeliveryRow], outcome: NoResponse, now: int) -> Iterator[tuple[DeliveryRow, RowChange]]:
        """What becomes of the rows of each message."""
        messages: defaultdict[tuple[Address, int], list[DeliveryRow]] = defaultdict(list)
        for row in abandoned:  # the rows of one message were claimed together, until one time
            messages[row.address, row.next_try_at].append(row)
        for rows in messages.values():
            yield from apply_to_message(rows, outcome, now, self._options.policy, self._clock.chance())

    async def _start_due(self, stopping: asyncio.Event) -> bool:
        """Start runs for a page of due deliveries; True when there are more to read now."""
        free = self._options.concurrency - len(self._running)
        if free <= 0:
            return False
        now, ticking = self._clock.now(), self._clock.ticking()
        page = await self._deliveries.due(now, PAGE, tuple(self._running))
        chosen = plan_sends(
            page,
            lambda row: self._schedules[row.channel].timing(row.chat_id, ticking),
            now=now,
            free=free,
            soon=min(SOON, self._options.reserve // 2),
        )
        until = now + self._options.reserve
        reservations = [(row, until) for run in chosen.runs for row in run]
        if not reservations and not chosen.later:
            return False
        ours = {row.key: row for row in await self._deliveries.reserve([*reservations, *chosen.later])}
        for run in chosen.runs:
            mine = [ours[row.key] for row in run if row.key in ours]
            if mine:
                self._start(mine, stopping)
        return len(page) == PAGE

    def _start(self, run: list[DeliveryRow], stopping: asyncio.Event) -> None:
        key = (run[0].channel, run[0].chat_id)
        task = asyncio.create_task(self._run(run, stopping), name=f"deliver {key[0]}")
        self._running[key] = task
        task.add_done_callback(lambda _: self._wake.set())

    async def _run(self, run: list[DeliveryRow], stopping: asyncio.Event) -> None:
        """Attempt the deliveries of one chat in order, then release the remaining ones."""
        schedule = self._schedules[run[0].channel]
        try:
            remaining = await self._arranger.plan(run, self._clock.now() + self._options.reserve)
            while remaining and not stopping.is_set():
                if not await self._attempt.make(remaining[0], schedule, stopping):
                    break
                remaining.pop(0)
            now = self._clock.now()
            if remaining:
                await self._deliveries.reserve([(row, now) for message in remaining for row in message.rows])
        except Exception as error:
            if classify(error) != "retry":
                raise
            # the rows are due again when their reservation or lease expires
            _log.warning("deliveries interrupted", channel=run[0].channel, error=str(error))
