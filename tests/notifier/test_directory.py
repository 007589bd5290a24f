"""The instruments at hand: nobody names one before they have been read."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from services.notifier.domain.instruments import Directory, Instrument
from services.notifier.handlers.directory import InstrumentBook
from shared.failures import TransientError
from tests.until import until


@dataclass
class LateMarket:
    """A database that comes up when it is told to."""

    up: bool = False
    asked: list[bool] = field(default_factory=list)

    async def directory(self) -> Directory:
        self.asked.append(self.up)
        if not self.up:
            raise TransientError("no database yet")
        return Directory([Instrument("AAPL", "Apple", "애플", "USD")])


async def test_who_waits_for_the_instruments_goes_on_when_they_are_read() -> None:
    market, stopping = LateMarket(), asyncio.Event()
    book = InstrumentBook(market)
    reading, waiting = asyncio.create_task(book.run(stopping)), asyncio.create_task(book.known(stopping))
    await until(lambda: market.asked, what="the first try")
    assert not waiting.done()
    market.up = True
    assert await waiting
    assert book.current.get("AAPL").name_en == "Apple"
    stopping.set()
    await reading


async def test_who_waits_for_them_is_released_by_a_stop() -> None:
    stopping = asyncio.Event()
    waiting = asyncio.create_task(InstrumentBook(LateMarket()).known(stopping))
    stopping.set()
    assert await waiting is False
