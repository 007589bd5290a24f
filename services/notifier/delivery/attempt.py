"""One attempt of one message: render, wait for the rate limit, claim, send, record."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from random import Random
from typing import TypeVar

import structlog

from services.notifier.delivery import metrics
from services.notifier.delivery.briefings import Briefings
from services.notifier.delivery.channel_schedule import ChannelSchedule
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.delivery.instruments import LatestInstruments
from services.notifier.delivery.picture_cache import PictureCache
from services.notifier.delivery.topic_notice import TopicNotices
from services.notifier.domain.contents import Content, briefing_of, decoded, rendered
from services.notifier.domain.delivery import DeliveryRow, DeliveryStatus, RetryPolicy, RowChange, apply_to_message
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
from services.notifier.domain.pacing import PlannedMessage
from services.notifier.domain.ports.briefings import StoredBriefing
from services.notifier.domain.ports.chats import ChatStore
from services.notifier.domain.ports.deliveries import DeliveryQueue
from services.notifier.domain.recipients import Chat, is_stale
from services.notifier.domain.stories import is_old_story
from shared.backoff import Backoff
from shared.failures import TransientError, classify
from shared.kafka.failure_rate import HOLD_SECONDS, FailureRate
from shared.logs import redact
from shared.waiting import pause

T = TypeVar("T")
RECORD_TRIES = 6
BRIEFING_EXPIRY = 18 * 3_600_000
"""Age in milliseconds at which a briefing is too old to send: it waits for the end of quiet hours, not for the next session."""
_log = structlog.get_logger(__name__)


class Attempt:
    """Attempts reserved deliveries; queues are the task of ``Sender``."""

    def __init__(
        self,
        deliveries: DeliveryQueue,
        chats: ChatStore,
        instruments: LatestInstruments,
        pictures: PictureCache | None,
        policy: RetryPolicy,
        lease: int,
        clock: TimeAndRandom,
        briefings: Briefings,
        topics: TopicNotices,
        page: str = "",
    ) -> None:
        """``page``: the page's public address, for buttons that open it."""
        self._deliveries, self._chats, self._instruments, self._pictures = deliveries, chats, instruments, pictures
        self._policy, self._lease, self._clock, self._page = policy, lease, clock, page
        self._briefings, self._topics = briefings, topics
        self._failure_rates: defaultdict[str, FailureRate] = defaultdict(FailureRate)

    async def make(self, message: PlannedMessage, schedule: ChannelSchedule, stopping: asyncio.Event) -> bool:
        """Attempt the reserved rows of one message; False when it was not started and should be released.

        An error that this message causes fails its rows, with the reason in them. Where most messages of the channel fail this way,
        it waits instead, and so does the channel.

        Raises:
            TransientError: the database is not available.
            Exception: what ``classify`` classifies as "crash".
        """
        versions = list(message.rows)
        try:
            return await self._try(versions, schedule, stopping, digest=message.digest)
        except Exception as error:
            if classify(error) != "dead-letter":
                raise
            reason = redact(f"{type(error).__name__}: {error}")
            channel = message.rows[0].channel
            _log.exception("delivery failed with an unexpected error", signal=message.rows[0].signal_id, channel=channel)
            outcome = (
                TemporaryRefusal(reason, HOLD_SECONDS) if self._failure_rates[channel].failed() else PermanentRejection(reason)
            )
            await self._record(versions, outcome, schedule)
            return True

    async def _try(self, versions: list[DeliveryRow], schedule: ChannelSchedule, stopping: asyncio.Event, *, digest: bool) -> bool:
        """Replaces ``versions`` by the claimed rows, so that the caller records an error on the newest versions."""
        channel = versions[0].channel
        chat = await self._chats.get(channel, versions[0].chat_id)
        contents = await self._open(versions, chat)
        if not contents or chat is None:
            return True
        alert = await self._render(contents, chat, pictures=schedule.channel.pictures, digest=digest)
        if not await self._wait_for_turn(contents[0].row, chat, schedule, stopping):
            return False
        now = self._clock.now()
        claimed = await self._deliveries.claim([each.row for each in contents], now, now + self._lease)
        if not claimed:
            return True
        versions[:] = claimed
        if len(claimed) < len(contents):  # another process took some: they are not in this message
            won = {row.key for row in claimed}
            contents = [each for each in contents if each.row.key in won]
            alert = await self._render(contents, chat, pictures=schedule.channel.pictures, digest=digest)
        if alert.repeat:
            metrics.REPEATS.labels(channel).inc(len(claimed))
        outcome = await schedule.channel.send(claimed[0].address, alert)
        await self._record(claimed, outcome, schedule)
        metrics.MESSAGES.labels(channel, "digest" if digest else "single" if len(claimed) == 1 else "group").inc()
        if isinstance(outcome, Sent):
            for signal in alert.signals:
                metrics.LATENCY.labels(channel).observe(max(0, self._clock.now() - signal.ts_init) / 1000)
        self._failure_rates[channel].passed(1)
        return True

    async def _open(self, rows: Sequence[DeliveryRow], chat: Chat | None) -> list[Content]:
        """The rows with their contents; those that must not be sent are closed."""
        contents = []
        for row in rows:
            content, closed = self._check_row(row, chat)
            if closed is None and row.kind == "briefing":
                content = await self._with_briefing(row)
                closed = (
                    None if content else RowChange(DeliveryStatus.FAILED, row.unknowns, error="the briefing is not stored any more")
                )
            if closed is None and content is not None:
                contents.append(content)
            else:
                await self._close(row, closed or RowChange(DeliveryStatus.FAILED, row.unknowns, error="no such chat"))
        return contents

    def _check_row(self, row: DeliveryRow, chat: Chat | None) -> tuple[Content | None, RowChange | None]:
        """The content of a row, and the change that closes the row without an attempt, if any."""
        now = self._clock.now()
        try:
            content = decoded(row)
        except ValueError as error:
            return None, RowChange(DeliveryStatus.FAILED, row.unknowns, error=str(error)[:255])
        if chat is None or not chat.active:
            return content, RowChange(DeliveryStatus.FAILED, row.unknowns, error="the chat is switched off")
        late = row.created_at + (BRIEFING_EXPIRY if row.kind == "briefing" else self._policy.expiry) < now
        if content.signal is not None:
            late = is_stale(content.signal, now, self._policy.expiry)
        elif content.story is not None and row.kind == "story":
            late = is_old_story(content.story, now, self._policy.expiry)
        if late:
            return content, RowChange(DeliveryStatus.EXPIRED, row.unknowns)
        if chat.muted_until > now and row.kind in {"signal", "story", "briefing"}:
            return content, RowChange(DeliveryStatus.MUTED, row.unknowns)
        return content, None

    async def _with_briefing(self, row: DeliveryRow) -> Content | None:
        stored = await self._briefings.store.get(briefing_of(row))
        return None if stored is None else Content(row, briefing=stored.briefing, picture=stored.picture)

    async def _close(self, row: DeliveryRow, change: RowChange) -> None:
        if await self._deliveries.finish(row, change, self._clock.now()):
            metrics.UNDELIVERED.labels(row.channel, change.status).inc()

    async def _render(self, contents: Sequence[Content], chat: Chat, *, pictures: bool, digest: bool) -> Alert:
        first = contents[0]
        picture = None
        if first.briefing is not None and pictures:
            picture = await self._briefings.picture(StoredBriefing(first.briefing, first.picture), dark=chat.dark)
        if first.signal is not None and not digest and pictures and self._pictures is not None:
            instrument = self._instruments.current.get(first.signal.symbol)
            picture = await self._pictures.get(first.signal, instrument, chat.language, dark=chat.dark)
        return rendered(contents, chat, self._instruments.current, picture, digest=digest, page=self._page)

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

    async def _record(self, claimed: Sequence[DeliveryRow], outcome: Outcome, schedule: ChannelSchedule) -> None:
        """Record the outcome of one message in all its rows."""
        now, first = self._clock.now(), claimed[0]
        changes = apply_to_message(claimed, outcome, now, self._policy, self._clock.chance())
        await asyncio.gather(*(_with_retries(partial(self._deliveries.finish, row, change, now)) for row, change in changes))
        for row, change in changes:
            metrics.OUTCOMES.labels(row.channel, outcome.label).inc()
            if isinstance(outcome, NoResponse | DoubtfulOutcome):
                metrics.UNKNOWNS.labels(row.channel).inc()
            elif isinstance(outcome, PermanentRejection | ChatUnavailable):
                metrics.UNDELIVERED.labels(row.channel, change.status).inc()
            if not isinstance(outcome, Sent):
                _log.warning(
                    "delivery not confirmed",
                    signal=row.signal_id,
                    channel=row.channel,
                    outcome=outcome.label,
                    error=change.error,
                )
        match outcome:
            case Sent(_, redirected):
                schedule.failures = 0
                if redirected:
                    metrics.REDIRECTED.labels(first.channel).inc()
                    _log.warning(
                        "sent to the chat instead of the topic: the topic accepts no messages",
                        signal=first.signal_id,
                        thread=first.thread_id,
                    )
                    await _with_retries(partial(self._topics.tell, first, now))
            case TemporaryRefusal(_, retry_after):
                schedule.hold_back(first.chat_id, retry_after, self._policy, self._clock)
            case NoResponse() | DoubtfulOutcome():
                schedule.hold_back(first.chat_id, None, self._policy, self._clock)
            case ChatUnavailable():
                await _with_retries(lambda: self._chats.deactivate(first.channel, first.chat_id, now))
            case ChatMigrated(chat_id):
                await _with_retries(lambda: self._chats.migrate(first.channel, first.chat_id, chat_id, now))
            case PermanentRejection(_, closed):  # it is counted with its rows
                if closed:
                    await _with_retries(partial(self._topics.tell_lost, first, now))


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
