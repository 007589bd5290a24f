"""Chats do not wait for each other, and unfinished updates are fetched again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiogram import Bot
from aiogram.types import Update
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.adapters.telegram import polling as module
from services.notifier.adapters.telegram.api import open_bot
from services.notifier.adapters.telegram.polling import MAX_PER_CHAT, Polling
from services.notifier.adapters.telegram.reply_sender import ReplySender
from services.notifier.adapters.telegram.updates import UpdateProcessor
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.domain.messages import Reply
from services.notifier.domain.rate_limits import RateLimit, RateLimiter
from services.notifier.domain.update_offsets import UpdateProgress
from shared.failures import TransientError
from tests.notifier.telegram import TOKEN, Telegram, open_telegram
from tests.notifier.telegram.faults import Fault, Kind
from tests.until import until


@dataclass
class Echo:
    """Replies with the typed text; ``hang`` waits until ``go`` is set, ``raise`` fails."""

    go: asyncio.Event = field(default_factory=asyncio.Event)
    started: list[tuple[str, str]] = field(default_factory=list)
    drops: list[str] = field(default_factory=list)

    async def answer(self, bot: Bot, update: Update) -> Reply | None:  # noqa: ARG002
        assert update.message is not None
        text = update.message.text or ""
        self.started.append((str(update.message.chat.id), text))
        if text == "hang":
            await self.go.wait()
        if text == "raise":
            raise RuntimeError("a programming error in a handler")
        return Reply(text)

    def dropped(self, reason: str) -> None:
        self.drops.append(reason)


class Numbers:
    """The table of handled updates, in memory; it can be away."""

    def __init__(self) -> None:
        self.handled: set[int] = set()
        self.away = self.hangs = False

    async def finish(self, number: int, _now: int) -> None:
        self._answer()
        self.handled.add(number)

    async def finished(self, numbers: Collection[int]) -> frozenset[int]:
        if self.hangs:
            await asyncio.Event().wait()
        self._answer()
        return frozenset(self.handled & {*numbers})

    async def remove_handled(self, _before: int) -> int:
        self._answer()
        return 0

    def _answer(self) -> None:
        if self.away:
            raise TransientError("no database")


@asynccontextmanager
async def polling(
    telegram: Telegram, echo: Echo, chat_limit: int = 1000, numbers: Numbers | None = None
) -> AsyncIterator[asyncio.Event]:
    """Run the bot; the event stops it."""
    stopping = asyncio.Event()
    async with open_bot(TOKEN, telegram.base, 5) as bot:
        limiter = RateLimiter([RateLimit(1000, 1.0)], [RateLimit(chat_limit, 60.0)])
        updates = UpdateProcessor(bot, echo, ReplySender(bot, limiter, TimeAndRandom().ticking), 4)
        task = asyncio.create_task(Polling(bot, echo, updates, numbers or Numbers(), TimeAndRandom()).run(stopping))
        try:
            yield stopping
        finally:
            stopping.set()
            async with asyncio.timeout(30):
                await task
        assert telegram.problems == []


async def test_a_chat_that_hangs_does_not_block_others_and_each_chat_keeps_its_order() -> None:
    echo = Echo()
    async with open_telegram() as telegram, polling(telegram, echo):
        hung = await telegram.type_text("hang", 1)
        behind = await telegram.type_text("behind", 1)
        for i in range(20):
            await telegram.type_text(f"{i}", 2 + i % 2)
        await until(lambda: len(telegram.accepted) == 20, 20, "the other chats to be answered")
        assert telegram.texts("2") == [f"{i}" for i in range(0, 20, 2)]
        assert telegram.texts("3") == [f"{i}" for i in range(1, 20, 2)]
        assert telegram.confirmed < hung, "an unfinished update is not confirmed"
        echo.go.set()
        await until(lambda: telegram.confirmed >= behind, 20, "all to be confirmed")
        assert telegram.texts("1") == ["hang", "behind"]
        assert len(echo.started) == 22, "no update was handled twice"


async def test_a_chat_at_its_limit_does_not_slow_down_the_others() -> None:
    echo = Echo()
    async with open_telegram() as telegram, polling(telegram, echo, chat_limit=1):
        for number in range(8):  # more chats than may be handled at the same time, each with an answer that waits for a minute
            await telegram.type_text("first", number + 1)
            await telegram.type_text("waits for its turn", number + 1)
        await until(lambda: sum(text == "waits for its turn" for _, text in echo.started) == 8, 20, "the answers to wait")
        await telegram.type_text("quick", 99)
        await until(lambda: telegram.texts("99") == ["quick"], 20, "the answer to another chat")
        assert len(telegram.accepted) == 9


FETCHING: tuple[Kind, ...] = ("409", "401", "502", "cut-after")


async def test_failures_of_fetching_are_survived_and_nothing_is_answered_twice() -> None:
    faults: list[Fault] = []
    async with open_telegram(lambda method, _: faults.pop() if method == "getUpdates" and faults else None) as telegram:
        async with polling(telegram, Echo()):
            for kind in (*FETCHING, None):
                await telegram.type_text(f"{kind}")
                await until(lambda: f"{kind}" in telegram.texts(), 20, "an answer after the failure before")  # noqa: B023
                if kind is not None:
                    faults.append(Fault(kind))
                    await telegram.type_text(f"again {kind}")
                    await until(lambda: not faults, 20, "the failure")
        assert [text for text in telegram.texts() if not text.startswith("again")] == [f"{kind}" for kind in (*FETCHING, None)]
        assert len(telegram.texts()) == len(set(telegram.texts())) == 2 * len(FETCHING) + 1


async def test_a_menu_that_telegram_refuses_does_not_stop_the_bot() -> None:
    refusing = open_telegram(lambda method, _: Fault("400") if method == "setMyCommands" else None)
    async with refusing as telegram, polling(telegram, Echo()):
        await telegram.type_text("hello")
        await until(lambda: telegram.texts() == ["hello"], 20, "an answer")


async def test_the_next_process_fetches_unfinished_updates_again() -> None:
    first, second = Echo(), Echo()
    second.go.set()
    async with open_telegram() as telegram:
        async with polling(telegram, first) as stopping:
            done = await telegram.type_text("done", 2)
            await until(lambda: telegram.confirmed >= done, 20, "the finished update to be confirmed")
            await telegram.type_text("raise", 3)
            await until(lambda: first.drops == ["failed"], 20, "a handler's error to be counted")
            hung = await telegram.type_text("hang", 1)
            await telegram.type_text("behind", 1)
            await until(lambda: ("1", "hang") in first.started)
            stopping.set()
        assert telegram.confirmed == hung - 1
        async with polling(telegram, second):
            await until(lambda: telegram.texts("1") == ["hang", "behind"], 20, "the answers after the restart")
        assert second.started == [("1", "hang"), ("1", "behind")], "finished and failed updates are not fetched again"
        assert telegram.texts("2") == ["done"]


async def test_an_update_whose_process_died_before_it_was_confirmed_is_not_handled_again() -> None:
    numbers, first, second = Numbers(), Echo(), Echo()
    async with open_telegram() as telegram:
        await telegram.type_text("hang", 1)  # the update before is never confirmed while this one hangs
        async with open_bot(TOKEN, telegram.base, 5) as bot:
            answers = ReplySender(bot, RateLimiter([RateLimit(1000, 1.0)], [RateLimit(1000, 60.0)]), TimeAndRandom().ticking)
            process = Polling(bot, first, UpdateProcessor(bot, first, answers, 4), numbers, TimeAndRandom())
            task = asyncio.create_task(process.run(asyncio.Event()))
            await telegram.type_text("answered", 2)
            await until(lambda: len(numbers.handled) == 1, 20, "the second update to be recorded")
            task.cancel()  # as a kill: nothing is confirmed
            await asyncio.wait({task})
        second.go.set()
        async with polling(telegram, second, numbers=numbers):
            await until(lambda: telegram.texts("1") == ["hang"], 20, "the unfinished update to be answered")
        assert second.started == [("1", "hang")]
        assert telegram.texts("2") == ["answered"]


async def test_without_the_table_updates_are_handled_all_the_same() -> None:
    numbers, echo = Numbers(), Echo()
    numbers.away = True
    async with open_telegram() as telegram, polling(telegram, echo, numbers=numbers):
        await telegram.type_text("hello", 1)
        await until(lambda: telegram.texts("1") == ["hello"], 20, "an answer")


async def test_a_table_that_hangs_holds_up_no_chat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK_UP_SECONDS", 0.1)
    numbers, echo = Numbers(), Echo()
    numbers.hangs = True
    async with open_telegram() as telegram, polling(telegram, echo, numbers=numbers):
        await telegram.type_text("hello", 1)
        await until(lambda: telegram.texts("1") == ["hello"], 20, "an answer")


async def test_a_chat_that_sends_thousands_does_not_block_others() -> None:
    echo = Echo()
    async with open_telegram() as telegram:
        await telegram.type_text("hang", 1)
        for _ in range(3_000):
            await telegram.type_text("flood", 1)
        await telegram.type_text("me too", 2)
        async with polling(telegram, echo):
            await until(lambda: telegram.texts("2") == ["me too"], 40, "the answer to the other chat")
            assert echo.started == [("1", "hang"), ("2", "me too")]
            assert echo.drops.count("waiting") == 3_000 - (MAX_PER_CHAT - 1)
            echo.go.set()
            await until(lambda: len(telegram.texts("1")) == MAX_PER_CHAT, 20, "the queued part of the flood to be answered")


class UpdateSource:
    """Telegram's side: the updates that it sends for an offset."""

    def __init__(self, count: int) -> None:
        self.ids = list(range(10, 10 + count))

    def fetch(self, offset: int | None) -> list[int]:
        return [number for number in self.ids if number >= (offset or 0)][:100]


@given(st.integers(1, 350), st.lists(st.integers(0, 10_000), max_size=120))
def test_only_finished_updates_are_confirmed_and_none_is_new_twice(count: int, steps: list[int]) -> None:
    source, progress = UpdateSource(count), UpdateProgress(100)
    taken: list[int] = []
    finished: set[int] = set()
    early: set[int] = set()
    for step in steps:
        answer = source.fetch(progress.request())
        for number in taken[step % 7 :: 3] if step % 3 else []:  # finished before the response arrives
            progress.finished(number)
            finished.add(number)
        taken += progress.arrived(answer)
        early |= set(progress.make_room())
        confirmed = {number for number in taken if progress.offset is not None and number < progress.offset}
        assert confirmed <= finished | early
        assert len(taken) == len(set(taken))
        waiting = [number for number in taken if number not in finished | early]
        assert progress.waiting == bool(waiting)
    for number in taken:
        progress.finished(number)
    assert not progress.waiting


def test_updates_that_hang_do_not_stop_new_ones() -> None:
    source, progress = UpdateSource(1_000), UpdateProgress(100)
    received: list[int] = []
    while len(received) < 1_000:
        new = progress.arrived(source.fetch(progress.request()))
        assert new or progress.make_room(), "no new updates, and none confirmed early"
        received += new
    assert received == source.ids


def test_numbers_that_go_back_are_not_new_twice_and_are_confirmed_once_they_are_finished() -> None:
    """After a week without updates, Telegram chooses the next number at random."""
    progress = UpdateProgress(100)
    progress.request()
    progress.arrived([5_000])
    progress.finished(5_000)
    assert progress.request() == 5_001
    assert progress.arrived([40]) == [40]
    for _ in range(3):
        assert progress.request() == 40, "not confirmed while it is unfinished"
        assert progress.arrived([40]) == []
    progress.finished(40)
    assert progress.request() == 41


def test_one_that_cannot_be_read_confirms_none_before_it() -> None:
    progress = UpdateProgress(100)
    progress.request()
    progress.arrived([11])
    progress.finished(11)  # not decoded, while 10 of the same answer is not taken yet
    progress.arrived([10, 12])
    assert progress.request() == 10
    for number in (10, 12):
        progress.finished(number)
    assert progress.request() == 13
