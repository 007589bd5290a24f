"""Webhook mode: Telegram posts updates to a port of this process, which stores each before it says that it has it."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import Random
from typing import Final
from urllib.parse import urlsplit

import structlog
from aiogram import Bot
from aiogram.types import Update
from aiohttp import web
from pydantic import ValidationError

from services.notifier.adapters.bot_updates import UpdateTable
from services.notifier.adapters.telegram.api import redacted
from services.notifier.adapters.telegram.chat_queues import ChatQueues
from services.notifier.adapters.telegram.introduction import introduce
from services.notifier.adapters.telegram.polling import (
    DRAIN_SECONDS,
    KEPT,
    LONGEST_WAIT,
    MAX_PER_CHAT,
    MAX_WAITING,
    PURGE_SECONDS,
    queue_of,
)
from services.notifier.adapters.telegram.requests import requests
from services.notifier.adapters.telegram.updates import KINDS, UpdateHandler, UpdateProcessor
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.domain.ports.payments import RequestFailedError
from shared.backoff import Backoff
from shared.failures import TransientError
from shared.listening import listening
from shared.waiting import keep_trying, pause

HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"
MAX_BODY: Final = 1_048_576
"""Bytes of an update."""
READ_SECONDS: Final = 10.0
"""Timeout of receiving the body of a request."""
CONNECTIONS: Final = 40
"""Requests of Telegram at the same time."""
_log: Final = structlog.get_logger(__name__)


@dataclass(frozen=True)
class WebhookAddress:
    """Where Telegram posts to, and where this process listens."""

    url: str
    secret: str
    host: str
    port: int
    """0: a free one."""


class WebhookUpdates:
    """Receives the updates of one bot."""

    def __init__(
        self,
        bot: Bot,
        handler: UpdateHandler,
        updates: UpdateProcessor,
        table: UpdateTable,
        address: WebhookAddress,
        clock: TimeAndRandom,
        *,
        sells: bool = False,
    ) -> None:
        """``sells``: whether premium is sold."""
        self._sells = sells
        self._bot, self._handler, self._updates = bot, handler, updates
        self._table, self._address, self._clock = table, address, clock
        self.port = 0
        """Where it listens; 0 before it does."""

    async def run(self, stopping: asyncio.Event) -> None:
        """Receive until stopped, then finish the updates that are being handled; the next start handles the others."""
        async with asyncio.TaskGroup() as group:
            queues = ChatQueues(group, self._handle, MAX_PER_CHAT)
            if await keep_trying(lambda: self._resume(queues), "updates of the webhook", stopping) is None:
                return
            async with self._listening(queues):
                await self._register(stopping)
                while not stopping.is_set():
                    await keep_trying(self._purge, "old updates", stopping)
                    await pause(PURGE_SECONDS, stopping)
            await queues.drain(DRAIN_SECONDS)

    async def _resume(self, queues: ChatQueues[Update]) -> bool:
        """Queue what an earlier process did not finish."""
        for body in await self._table.waiting(MAX_WAITING):
            update = self._read(body)
            if update is not None:
                await self._queue(update, queues)
        return True

    @asynccontextmanager
    async def _listening(self, queues: ChatQueues[Update]) -> AsyncIterator[None]:
        async def post(request: web.Request) -> web.Response:
            return await self._post(request, queues)

        app = web.Application(client_max_size=MAX_BODY)
        app.router.add_post(urlsplit(self._address.url).path or "/", post)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0, handler_cancellation=False)
        await runner.setup()
        try:
            with listening(self._address.host, self._address.port, "TELEGRAM_WEBHOOK_HOST", "TELEGRAM_WEBHOOK_PORT"):
                await web.TCPSite(runner, self._address.host, self._address.port).start()
            self.port = runner.addresses[0][1]
            yield
        finally:
            await runner.cleanup()

    async def _register(self, stopping: asyncio.Event) -> None:
        """Tell Telegram where to post to; repeated with growing pauses until it works."""
        backoff = Backoff(Random(), first=1.0, maximum=LONGEST_WAIT)  # noqa: S311 - jitter
        while not stopping.is_set():
            try:
                with requests(self._bot.token):
                    await introduce(self._bot, sells=self._sells)
                    await self._bot.set_webhook(
                        self._address.url,
                        secret_token=self._address.secret,
                        allowed_updates=KINDS,
                        max_connections=CONNECTIONS,
                    )
            except RequestFailedError as error:
                _log.warning("the webhook is not set yet", error=str(error))
                await pause(backoff.next(), stopping)
            else:
                return

    async def _post(self, request: web.Request, queues: ChatQueues[Update]) -> web.Response:
        """Store one update. Only what is stored gets 200: Telegram sends anything else again."""
        given = request.headers.get(HEADER, "")
        if not hmac.compare_digest(given.encode(errors="replace"), self._address.secret.encode()):
            return web.Response(status=401)
        if len(queues) >= MAX_WAITING:
            return web.Response(status=503, headers={"Retry-After": "1"})
        try:
            async with asyncio.timeout(READ_SECONDS):
                body = (await request.read()).decode(errors="replace")
        except TimeoutError:
            return web.Response(status=408)
        update = self._read(body)
        if update is None:
            return web.Response()  # it would be sent again for ever, and hold up the others
        try:
            if await self._table.add(update.update_id, body, self._clock.now()):
                await self._queue(update, queues)
        except TransientError as error:
            _log.warning("an update is not stored", error=str(error))
            return web.Response(status=503, headers={"Retry-After": "1"})
        return web.Response()

    async def _queue(self, update: Update, queues: ChatQueues[Update]) -> None:
        if not queues.put(queue_of(update), update):
            self._handler.dropped("waiting")
            await self._table.handled(update.update_id, self._clock.now())

    async def _handle(self, update: Update) -> None:
        await self._updates.handle(update)
        try:
            await self._table.handled(update.update_id, self._clock.now())
        except TransientError as error:  # the next start handles it again
            _log.warning("a handled update is not recorded", error=str(error))

    async def _purge(self) -> None:
        await self._table.remove_handled(self._clock.now() - KEPT)

    def _read(self, body: str) -> Update | None:
        try:
            return Update.model_validate_json(body, context={"bot": self._bot})
        except ValidationError as error:
            _log.warning("update skipped: not decoded", error=redacted(f"{error.error_count()} errors", self._bot.token))
            return None
