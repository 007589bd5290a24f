"""Backtests that run while the bot goes on: at most one a chat, each ends with a message to its chat."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import structlog

from services.notifier.domain.address import Address
from services.notifier.domain.backtest_replies import failure_text, result_text
from services.notifier.domain.backtests import BacktestFailedError, BacktestRequest, BacktestRunner, requested_by
from services.notifier.domain.instruments import KnownInstrument
from services.notifier.domain.messages import Reply
from services.notifier.words.catalogue import phrase

Send = Callable[[Address, Reply], Awaitable[None]]
"""Sends a message to a chat; logs what Telegram refuses."""
_log = structlog.get_logger(__name__)


class Backtests:
    """The backtests of all chats."""

    def __init__(self, runner: BacktestRunner, send: Send) -> None:
        self._runner = runner
        self._send = send
        self._tasks: dict[str, asyncio.Task[None]] = {}
        """By chat id."""

    def is_busy(self, address: Address) -> bool:
        """Whether a backtest of this chat runs."""
        return address.chat_id in self._tasks

    def start(self, address: Address, language: str, instrument: KnownInstrument, request: BacktestRequest) -> None:
        """Begin a backtest. The chat must not be busy."""
        work = self._run(address, language, instrument, request)
        task = asyncio.create_task(work, name=f"backtest of {address.chat_id}")
        self._tasks[address.chat_id] = task
        task.add_done_callback(partial(self._ended, address))

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

    async def _run(self, address: Address, language: str, instrument: KnownInstrument, request: BacktestRequest) -> None:
        try:
            for reply in await self._replies(address, language, instrument, request):
                await self._send(address, reply)
        except Exception:
            await self._send(address, Reply(failure_text(BacktestFailedError("failed"), language)))
            raise

    async def _replies(self, address: Address, language: str, instrument: KnownInstrument, request: BacktestRequest) -> list[Reply]:
        """The figures with a picture of the trades, and a picture of the equity; or why there are none."""
        try:
            found = await self._runner.run(request, requested_by(address.channel, address.chat_id))
        except BacktestFailedError as error:
            return [Reply(failure_text(error, language))]
        replies = [Reply(result_text(instrument, request, found.record, language), picture=found.trades)]
        if found.equity is not None:
            replies.append(Reply(phrase(language, "backtest-equity"), picture=found.equity))
        return replies
