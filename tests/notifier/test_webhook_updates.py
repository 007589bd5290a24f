"""Webhook mode: only Telegram is heard, what is stored is handled once, over restarts too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from pydantic import ValidationError

from services.notifier.adapters.bot_updates import UpdateTable
from services.notifier.adapters.telegram.api import open_bot
from services.notifier.adapters.telegram.polling import KEPT
from services.notifier.adapters.telegram.reply_sender import ReplySender
from services.notifier.adapters.telegram.updates import KINDS, UpdateProcessor
from services.notifier.adapters.telegram.webhook_updates import MAX_BODY, WebhookAddress, WebhookUpdates
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.domain.rate_limits import RateLimit, RateLimiter
from services.notifier.settings import NotifierSettings
from shared.db import open_database
from tests.databases import on_sqlite
from tests.notifier.telegram import TOKEN, Telegram, open_telegram
from tests.notifier.test_polling import Echo, polling
from tests.until import until

SECRET = "webhook-secret_0123456789"


def typed(number: int, text: str, chat: int = 7) -> dict[str, Any]:
    """An update with a text."""
    about = {"id": chat, "type": "private", "first_name": "P"}
    who = {"id": chat, "is_bot": False, "first_name": "P"}
    return {"update_id": number, "message": {"message_id": 1, "date": 1700000000, "chat": about, "from": who, "text": text}}


@asynccontextmanager
async def receiving(telegram: Telegram, echo: Echo, database_url: str) -> AsyncIterator[WebhookUpdates]:
    """The bot with a webhook on a free port; killed at the end, without a word to anyone."""
    async with open_bot(TOKEN, telegram.base, 5) as bot, open_database(database_url) as database:
        limiter = RateLimiter([RateLimit(1000, 1.0)], [RateLimit(1000, 1.0)])
        updates = UpdateProcessor(bot, echo, ReplySender(bot, limiter, TimeAndRandom().ticking), 4)
        address = WebhookAddress("https://bot.example/hook", SECRET, "127.0.0.1", 0)
        webhook = WebhookUpdates(bot, echo, updates, UpdateTable(database), address, TimeAndRandom())
        task = asyncio.create_task(webhook.run(asyncio.Event()))
        try:
            await until(lambda: telegram.webhook is not None and webhook.port, 60, "the webhook to be set")
            yield webhook
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
    assert telegram.problems == []


@on_sqlite
async def test_only_telegram_is_heard(database_url: str) -> None:
    echo = Echo()
    async with open_telegram() as telegram, receiving(telegram, echo, database_url) as webhook:
        assert telegram.webhook is not None
        assert (telegram.webhook["url"], telegram.webhook["allowed_updates"]) == ("https://bot.example/hook", KINDS)
        for secret in ("", "x", SECRET[:-1], SECRET + "x", "ü"):
            assert await telegram.post_update(webhook.port, typed(1, "hello"), secret) == 401
        assert await telegram.post_update(webhook.port, b"x" * (MAX_BODY + 1)) == 413
        for body in (b"", b"{}", b"\xff\xfe", b'{"update_id": "x"}', b"[" * 5000):
            assert await telegram.post_update(webhook.port, body) == 200, "what cannot be read must not come again for ever"
        async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{webhook.port}/hook") as response:
            assert response.status == 405
        assert await telegram.post_update(webhook.port, typed(1, "hello")) == 200
        await until(lambda: telegram.texts() == ["hello"], 60, "the answer")
        assert echo.started == [("7", "hello")]


async def test_an_update_is_handled_once_over_repeats_and_kills(database_url: str) -> None:
    first, second = Echo(), Echo()
    second.go.set()
    async with open_telegram() as telegram:
        async with receiving(telegram, first, database_url) as webhook:
            for number, (text, chat) in enumerate([("done", 1), ("hang", 2), ("behind", 2)]):
                for _ in range(2):
                    assert await telegram.post_update(webhook.port, typed(number, text, chat)) == 200
            await until(lambda: telegram.texts("1") == ["done"] and ("2", "hang") in first.started, 60, "the first updates")
            await until(lambda: stored(database_url, 2), 60, "the finished update to be recorded")
        async with receiving(telegram, second, database_url) as webhook:
            await until(lambda: telegram.texts("2") == ["hang", "behind"], 60, "what the killed process did not finish")
            assert await telegram.post_update(webhook.port, typed(0, "done", 1)) == 200
            assert await telegram.post_update(webhook.port, typed(9, "last", 3)) == 200
            await until(lambda: telegram.texts("3") == ["last"], 60, "the last answer")
            assert second.started == [("2", "hang"), ("2", "behind"), ("3", "last")]
            await until(lambda: stored(database_url, 0), 60, "all to be recorded as handled")
        async with open_database(database_url) as database:
            assert await UpdateTable(database).remove_handled(TimeAndRandom().now() + KEPT) == 4


async def stored(database_url: str, count: int) -> bool:
    """Whether this many updates wait."""
    async with open_database(database_url) as database:
        return len(await UpdateTable(database).waiting(100)) == count


async def test_polling_ends_an_earlier_webhook() -> None:
    echo = Echo()
    async with open_telegram() as telegram:
        telegram.webhook = {"url": "https://bot.example/hook"}
        async with polling(telegram, echo):
            await telegram.type_text("hello")
            await until(lambda: telegram.texts() == ["hello"], 60, "the answer")


@pytest.mark.parametrize("secret", ["", "short", "x" * 257, "with spaces 0123456789", "한글비밀번호한글비밀번호한글비밀"])
def test_a_webhook_needs_a_secret(secret: str) -> None:
    with pytest.raises(ValidationError, match="TELEGRAM_WEBHOOK_SECRET"):
        NotifierSettings(_env_file=None, telegram_webhook_url="https://bot.example/hook", telegram_webhook_secret=secret)
    with pytest.raises(ValidationError, match="https"):
        NotifierSettings(_env_file=None, telegram_webhook_url="http://bot.example", telegram_webhook_secret=SECRET)
    assert NotifierSettings(_env_file=None, telegram_webhook_url="https://b.example/h", telegram_webhook_secret=SECRET)
