"""The instruments at hand."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from services.notifier.domain.instruments import Directory, Instrument
from services.notifier.handlers.directory import EMPTY_SECONDS, REFRESH_SECONDS, InstrumentBook
from shared.failures import TransientError


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


async def test_the_book_has_what_was_read_last_and_is_read_again_soon_while_it_is_empty() -> None:
    market = LateMarket()
    book = InstrumentBook(market)
    with pytest.raises(TransientError):
        await book.refresh()
    assert (len(book.current), book.seconds) == (0, EMPTY_SECONDS)
    market.up = True
    await book.refresh()
    assert (book.current.get("AAPL").name_en, book.seconds) == ("Apple", REFRESH_SECONDS)
