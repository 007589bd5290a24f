"""Backtests that run while the bot goes on: at most one a chat, each ends with a message to its chat."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import structlog

from services.notifier.delivery.picture_cache import PictureCache
from services.notifier.domain.address import Address
from services.notifier.domain.backtest_chart import backtest_chart
from services.notifier.domain.backtest_replies import failure_text, result_text
from services.notifier.domain.backtests import BacktestFailedError, BacktestRequest, BacktestRunner, requested_by
from services.notifier.domain.instruments import KnownInstrument
from services.notifier.domain.messages import Reply
from services.notifier.domain.recipients import Chat

Send = Callable[[Address, Reply], Awaitable[None]]
"""Sends a message to a chat; logs what Telegram refuses."""
_log = structlog.get_logger(__name__)


class Backtests:
    """The backtests of all chats."""

    def __init__(self, runner: BacktestRunner, send: Send, pictures: PictureCache | None) -> None:
        """``pictures``: without it, results have none."""
        self._runner = runner
        self._send = send
        self._pictures = pictures
        self._tasks: dict[str, asyncio.Task[None]] = {}
        """By chat id."""

    def is_busy(self, address: Address) -> bool:
        """Whether a backtest of this chat runs."""
        return address.chat_id in self._tasks

    def start(self, chat: Chat, instrument: KnownInstrument, request: BacktestRequest) -> None:
        """Begin a backtest. The chat must not be busy."""
        task = asyncio.create_task(self._run(chat, instrument, request), name=f"backtest of {chat.chat_id}")
        self._tasks[chat.chat_id] = task
        task.add_done_callback(partial(self._ended, chat.address))

    async def close(self) -> None:
        """Cancel all."""
        tasks = [*self._tasks.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, address: Address, task: asyncio.Task[None]) -> None:
        self._tasks.pop(address.chat_id, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("a backtest of a chat failed", exc_info=error)

    async def _run(self, chat: Chat, instrument: KnownInstrument, request: BacktestRequest) -> None:
        try:
            await self._send(chat.address, await self._reply(chat, instrument, request))
        except Exception:
            await self._send(chat.address, Reply(failure_text(BacktestFailedError("failed"), chat.language)))
            raise

    async def _reply(self, chat: Chat, instrument: KnownInstrument, request: BacktestRequest) -> Reply:
        """The figures with a picture, or why there are none."""
        try:
            found = await self._runner.run(request, requested_by(chat.channel, chat.chat_id))
        except BacktestFailedError as error:
            return Reply(failure_text(error, chat.language))
        picture = None
        if found.curve is not None and self._pictures is not None:
            chart = backtest_chart(found.curve, instrument, chat.language, dark=chat.dark)
            picture = await self._pictures.picture(chart) if chart is not None else None
        return Reply(result_text(instrument, request, found.record, chat.language), picture=picture)
