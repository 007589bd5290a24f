"""One attempt of one delivery: render, wait for the rate limit, claim, send, record."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from random import Random
from typing import TypeVar

import structlog

from services.notifier.delivery import metrics
from services.notifier.delivery.channel_schedule import ChannelSchedule
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.delivery.instruments import LatestInstruments
from services.notifier.delivery.picture_cache import PictureCache
from services.notifier.domain.alert_text import alert_buttons, alert_text
from services.notifier.domain.delivery import DeliveryRow, DeliveryStatus, RetryPolicy, RowChange, apply_outcome
from services.notifier.domain.messages import Alert
from services.notifier.domain.outcomes import (
    ChatMigrated,
    ChatUnavailable,
    DoubtfulOutcome,
    NoResponse,
    Outcome,
    PermanentRejection,
    Sent,
    TemporaryRefusal,
)
from services.notifier.domain.ports import ChatStore, DeliveryStore
from services.notifier.domain.recipients import Chat, is_stale
from shared import wire
from shared.backoff import Backoff
from shared.events import Signal
from shared.failures import TransientError, classify
from shared.kafka.failure_rate import HOLD_SECONDS, FailureRate
from shared.logs import redact
from shared.topics import SIGNALS
from shared.waiting import pause

T = TypeVar("T")
RECORD_TRIES = 6
_log = structlog.get_logger(__name__)


class Attempt:
    """Attempts reserved deliveries; queues are the task of ``Sender``."""

    def __init__(
        self,
        deliveries: DeliveryStore,
        chats: ChatStore,
        instruments: LatestInstruments,
        pictures: PictureCache | None,
        policy: RetryPolicy,
        lease: int,
        clock: TimeAndRandom,
    ) -> None:
        self._deliveries, self._chats, self._instruments, self._pictures = deliveries, chats, instruments, pictures
        self._policy, self._lease, self._clock = policy, lease, clock
        self._failure_rates: defaultdict[str, FailureRate] = defaultdict(FailureRate)

    async def make(self, row: DeliveryRow, schedule: ChannelSchedule, stopping: asyncio.Event) -> bool:
        """Attempt a reserved delivery; False when it was not started and should be released.

        An error that this delivery causes fails it, with the reason in its row. Where most deliveries of the channel fail this way,
        it waits instead, and so does the channel.

        Raises:
            TransientError: the database is not available.
            Exception: what ``classify`` classifies as "crash".
        """
        versions = [row]
        try:
            return await self._try(versions, schedule, stopping)
        except Exception as error:
            if classify(error) != "dead-letter":
                raise
            reason = redact(f"{type(error).__name__}: {error}")
            _log.exception("delivery failed with an unexpected error", signal=row.signal_id, channel=row.channel)
            outcome = (
                TemporaryRefusal(reason, HOLD_SECONDS) if self._failure_rates[row.channel].failed() else PermanentRejection(reason)
            )
            await self._record(versions[-1], outcome, schedule)
            return True

    async def _try(self, versions: list[DeliveryRow], schedule: ChannelSchedule, stopping: asyncio.Event) -> bool:
        """Appends the claimed row to ``versions``, so that the caller records an error on the newest version."""
        row = versions[-1]
        chat = await self._chats.get(row.channel, row.chat_id)
        signal, closed = self._check_row(row, chat)
        if closed is not None or signal is None or chat is None:
            await self._close(row, closed or RowChange(DeliveryStatus.FAILED, row.unknowns, error="no such chat"))
            return True
        alert = await self._render(row, chat, signal, pictures=schedule.channel.pictures)
        if not await self._wait_for_turn(row, chat, schedule, stopping):
            return False
        now = self._clock.now()
        claimed = await self._deliveries.claim(row, now, now + self._lease)
        if claimed is None:
            return True
        versions.append(claimed)
        if alert.repeat:
            metrics.REPEATS.labels(row.channel).inc()
        outcome = await schedule.channel.send(row.address, alert)
        await self._record(claimed, outcome, schedule)
        if isinstance(outcome, Sent):
            metrics.LATENCY.labels(row.channel).observe(max(0, self._clock.now() - signal.ts_init) / 1000)
        self._failure_rates[row.channel].passed(1)
        return True

    def _check_row(self, row: DeliveryRow, chat: Chat | None) -> tuple[Signal | None, RowChange | None]:
        """The signal of a row, and the change that closes the row without an attempt, if any."""
        now = self._clock.now()
        try:
            signal = wire.decode(SIGNALS, row.body.encode())
        except wire.WireError as error:
            return None, RowChange(DeliveryStatus.FAILED, row.unknowns, error=str(error)[:255])
        if chat is None or not chat.active:
            return signal, RowChange(DeliveryStatus.FAILED, row.unknowns, error="the chat is switched off")
        if is_stale(signal, now, self._policy.expiry):
            return signal, RowChange(DeliveryStatus.EXPIRED, row.unknowns)
        if chat.muted_until > now:
            return signal, RowChange(DeliveryStatus.MUTED, row.unknowns)
        return signal, None

    async def _close(self, row: DeliveryRow, change: RowChange) -> None:
        if await self._deliveries.finish(row, change, self._clock.now()):
            metrics.UNDELIVERED.labels(row.channel, change.status).inc()

    async def _render(self, row: DeliveryRow, chat: Chat, signal: Signal, *, pictures: bool) -> Alert:
        instrument = self._instruments.current.get(signal.symbol)
        repeat = row.unknowns > 0
        picture = None
        if pictures and self._pictures is not None:
            picture = await self._pictures.get(signal, instrument, chat.language)
        text = alert_text(signal, instrument, chat.language, repeat=repeat)
        return Alert(signal, text, chat.language, alert_buttons(chat.language), picture, repeat, row.traceparent)

    async def _wait_for_turn(self, row: DeliveryRow, chat: Chat, schedule: ChannelSchedule, stopping: asyncio.Event) -> bool:
        """Wait for the rate limit; False when that would outlast the reservation, or the process is stopping."""
        while True:
            if stopping.is_set():
                return False
            delay = schedule.limiter.take(chat.chat_id, self._clock.ticking())
            if delay <= 0:
                return True
            if self._clock.now() + int(delay * 1000) >= row.next_try_at:
                return False
            await pause(delay, stopping)

    async def _record(self, claimed: DeliveryRow, outcome: Outcome, schedule: ChannelSchedule) -> None:
        now = self._clock.now()
        change = apply_outcome(claimed, outcome, now, self._policy, self._clock.chance())
        await _with_retries(lambda: self._deliveries.finish(claimed, change, now))
        metrics.OUTCOMES.labels(claimed.channel, outcome.label).inc()
        match outcome:
            case Sent(_, redirected):
                schedule.failures = 0
                if redirected:
                    metrics.REDIRECTED.labels(claimed.channel).inc()
                    _log.warning(
                        "sent to the chat instead of the topic: the topic accepts no messages",
                        signal=claimed.signal_id,
                        thread=claimed.thread_id,
                    )
            case TemporaryRefusal(_, retry_after):
                schedule.hold_back(claimed.chat_id, retry_after, self._policy, self._clock)
            case NoResponse() | DoubtfulOutcome():
                metrics.UNKNOWNS.labels(claimed.channel).inc()
                schedule.hold_back(claimed.chat_id, None, self._policy, self._clock)
            case PermanentRejection():
                metrics.UNDELIVERED.labels(claimed.channel, change.status).inc()
            case ChatUnavailable():
                metrics.UNDELIVERED.labels(claimed.channel, change.status).inc()
                await _with_retries(lambda: self._chats.deactivate(claimed.channel, claimed.chat_id))
            case ChatMigrated(chat_id):
                await _with_retries(lambda: self._chats.migrate(claimed.channel, claimed.chat_id, chat_id, now))
        if not isinstance(outcome, Sent):
            _log.warning(
                "delivery not confirmed",
                signal=claimed.signal_id,
                channel=claimed.channel,
                outcome=outcome.label,
                error=change.error,
            )


async def _with_retries(write: Callable[[], Awaitable[T]]) -> T:
    """Retry a write, so that a short database outage loses no outcome. Raises TransientError after about six seconds."""
    backoff = Backoff(Random())  # noqa: S311 - jitter
    for _ in range(RECORD_TRIES - 1):
        try:
            return await write()
        except TransientError as error:
            _log.warning("outcome not recorded, retrying", error=str(error))
            await asyncio.sleep(backoff.next())
    return await write()
