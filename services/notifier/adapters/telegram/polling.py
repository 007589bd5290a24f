"""Long polling: fetches updates, puts them in the queues of their chats, and confirms finished ones.

aiogram's own polling confirms an update when it is fetched, and keeps no order within a chat. So its dispatcher only routes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Coroutine, Hashable, Sequence
from random import Random
from typing import Any, Final, Protocol, TypeVar

import structlog
from aiogram import Bot
from aiogram.exceptions import ClientDecodeError, TelegramConflictError, TelegramRetryAfter, TelegramUnauthorizedError
from aiogram.types import Update
from pydantic import ValidationError

from services.notifier.adapters.telegram.api import ERRORS, redacted
from services.notifier.adapters.telegram.chat_queues import ChatQueues
from services.notifier.adapters.telegram.introduction import introduce
from services.notifier.adapters.telegram.updates import KINDS, UpdateHandler, UpdateProcessor
from services.notifier.bot.incoming import must_not_be_lost
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.domain.update_offsets import UpdateProgress
from shared.backoff import Backoff
from shared.failures import TransientError
from shared.tasks import result_of
from shared.waiting import Refresher, pause

POLL_SECONDS: Final = 25
MAX_FETCHED: Final = 100
"""Updates that Telegram sends at once."""
MAX_PER_CHAT: Final = 32
"""Most waiting updates of one chat; more are dropped."""
MAX_WAITING: Final = 1_000
"""Most waiting updates of all chats; then no more are fetched."""
BUSY_POLL_SECONDS: Final = 0.2
"""Pause between requests while updates are being handled, since Telegram then responds at once."""
DRAIN_SECONDS: Final = 10.0
LONGEST_WAIT: Final = 30.0
KEPT: Final = 2 * 86_400_000
"""How long the number of a handled update is kept, milliseconds: Telegram sends an update again for at most a day."""
PURGE_SECONDS: Final = 3_600.0
LOOK_UP_SECONDS: Final = 2.0
"""How long the updates of all chats wait for the table of handled updates."""
_log = structlog.get_logger(__name__)
T = TypeVar("T")


class UpdateNumbers(Protocol):
    """Which updates are handled. All methods raise TransientError when that cannot be known or kept."""

    async def finish(self, number: int, now: int) -> None: ...
    async def finished(self, numbers: Collection[int]) -> frozenset[int]: ...
    async def remove_handled(self, before: int) -> int: ...


class Polling:
    """Fetches the updates of one bot. The next process fetches updates again that were unfinished when this one ended."""

    def __init__(
        self,
        bot: Bot,
        handler: UpdateHandler,
        updates: UpdateProcessor,
        numbers: UpdateNumbers,
        clock: TimeAndRandom,
        *,
        sells: bool = False,
    ) -> None:
        """``sells``: whether premium is sold."""
        self._bot, self._handler, self._updates, self._sells = bot, handler, updates, sells
        self._numbers, self._clock = numbers, clock
        self._progress = UpdateProgress(MAX_FETCHED)
        self._moved = asyncio.Event()
        self._introduced = False
        self.connected = False
        """Whether the last request to Telegram succeeded."""

    async def run(self, stopping: asyncio.Event) -> None:
        """Poll until stopped, then finish the updates that are being handled and confirm them."""
        async with asyncio.TaskGroup() as group:
            queues = ChatQueues(group, self._handle, MAX_PER_CHAT)
            purge = Refresher(self._purge, "handled updates", PURGE_SECONDS, stopping)
            group.create_task(purge.run(), name="handled updates")
            await self._poll(queues, stopping)
            await queues.drain(DRAIN_SECONDS)
        await self._confirm()

    async def _poll(self, queues: ChatQueues[Update], stopping: asyncio.Event) -> None:
        """Fetch updates; retry with backoff while Telegram is not available or another process polls the token."""
        backoff = Backoff(Random(), first=1.0, maximum=LONGEST_WAIT)  # noqa: S311 - jitter
        while not stopping.is_set():
            try:
                if not self._introduced:
                    await self._bot.delete_webhook()  # while one is set, nothing can be fetched
                    await introduce(self._bot, sells=self._sells)
                    self._introduced = True
                updates = await self._fetch(stopping)
            except ERRORS as error:
                self.connected = False
                seconds = float(error.retry_after) if isinstance(error, TelegramRetryAfter) else backoff.next()
                why = "another process polls this token" if isinstance(error, TelegramConflictError) else type(error).__name__
                level = _log.error if isinstance(error, TelegramUnauthorizedError) else _log.warning
                level("no updates", why=why, error=redacted(str(error), self._bot.token), wait=seconds)
                await pause(seconds, stopping)
                continue
            self.connected = True
            backoff.reset()
            more = await self._take(updates, queues)
            while not stopping.is_set():
                crowded = len(queues) > MAX_WAITING - MAX_FETCHED
                if not crowded and (more or not self._progress.waiting):
                    break
                self._moved.clear()
                await _unless(stopping, pause(BUSY_POLL_SECONDS, self._moved))
                more = True

    async def _fetch(self, stopping: asyncio.Event) -> Sequence[Update]:
        """The updates from the offset on; none when stopped meanwhile. Invalid updates are skipped."""
        offset = self._progress.request()
        polling = self._bot.get_updates(
            offset=offset, timeout=POLL_SECONDS, limit=MAX_FETCHED, allowed_updates=KINDS, request_timeout=POLL_SECONDS + 10
        )
        try:
            return await _unless(stopping, asyncio.wait_for(polling, POLL_SECONDS + 15)) or []
        except ClientDecodeError as error:
            found = error.data.get("result") if isinstance(error.data, dict) else None
            readable = [update for one in found if (update := self._read(one))] if isinstance(found, list) else []
            if not readable and self._progress.offset == offset:
                raise  # no progress: the next try waits
            return readable

    def _read(self, found: Any) -> Update | None:
        """One update; None where the library cannot decode it."""
        try:
            return Update.model_validate(found, context={"bot": self._bot})
        except ValidationError:
            number = found.get("update_id") if isinstance(found, dict) else None
            if isinstance(number, int) and self._progress.arrived([number]):
                _log.warning("update skipped: not decoded", update=number)
                self._progress.finished(number)
            return None

    async def _finished_before(self, numbers: Collection[int]) -> frozenset[int]:
        """Those of the updates that an earlier process handled and could not confirm any more."""
        try:
            async with asyncio.timeout(LOOK_UP_SECONDS):
                return await self._numbers.finished(numbers) if numbers else frozenset()
        except (TransientError, TimeoutError) as error:
            _log.warning("not known which updates are handled already", error=str(error) or type(error).__name__)
            return frozenset()

    async def _take(self, updates: Sequence[Update], queues: ChatQueues[Update]) -> bool:
        """Queue the new updates but those handled before; True when Telegram has more now."""
        by_number = {update.update_id: update for update in updates}
        new = self._progress.arrived(by_number)
        before = await self._finished_before(new)
        for number in new:
            if number in before:
                self._progress.finished(number)
            elif not queues.put(queue_of(by_number[number]), by_number[number]):
                self._handler.dropped("waiting")
                self._progress.finished(number)
        if early := self._progress.make_room():
            _log.warning("updates confirmed before they are finished, so that they do not block others", count=len(early))
        return len(updates) == MAX_FETCHED and bool(new or early)

    async def _handle(self, update: Update) -> None:
        await self._updates.handle(update)
        try:
            await self._numbers.finish(update.update_id, self._clock.now())
        except TransientError as error:  # after a crash at this moment the next start handles it again
            _log.warning("a handled update is not recorded", error=str(error))
        self._progress.finished(update.update_id)
        self._moved.set()

    async def _purge(self) -> None:
        await self._numbers.remove_handled(self._clock.now() - KEPT)

    async def _confirm(self) -> None:
        """Confirm finished updates at the end, so that the next start does not fetch them again."""
        if self._progress.offset is None:
            return
        try:
            async with asyncio.timeout(5):
                await self._bot.get_updates(offset=self._progress.offset, timeout=0, limit=1, request_timeout=4)
        except ERRORS as error:
            _log.warning("updates not confirmed", error=type(error).__name__)


async def _unless(stopping: asyncio.Event, wanted: Coroutine[Any, Any, T]) -> T | None:
    """The result of ``wanted``; None when stopped meanwhile."""
    task = asyncio.create_task(wanted, name="getUpdates")
    stop = asyncio.create_task(stopping.wait(), name="getUpdates stop")
    try:
        await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
        return result_of(task) if task.done() else None
    finally:
        stop.cancel()
        task.cancel()


def queue_of(update: Update) -> Hashable:
    """The queue in which an update waits: that of its chat, else of its person. Payments and checkouts wait behind no texts."""
    if update.pre_checkout_query is not None:
        return "checkout", update.pre_checkout_query.id
    if update.inline_query is not None:
        return "inline", update.inline_query.from_user.id
    if must_not_be_lost(update):
        return "payment", update.message.chat.id if update.message is not None else 0
    event = update.message or update.my_chat_member or update.chat_join_request
    if event is not None:
        return event.chat.id
    pressed = update.callback_query
    if pressed is not None:
        return pressed.message.chat.id if pressed.message is not None else pressed.from_user.id
    return 0
