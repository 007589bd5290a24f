"""The instruments in memory."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from services.notifier.delivery.instruments import EMPTY_SECONDS, REFRESH_SECONDS, LatestInstruments
from services.notifier.domain.instruments import InstrumentIndex, KnownInstrument
from shared.failures import TransientError


@dataclass
class LateMarket:
    """A database that is not available until ``up`` is set."""

    up: bool = False
    reads: list[bool] = field(default_factory=list)

    async def instruments(self) -> InstrumentIndex:
        self.reads.append(self.up)
        if not self.up:
            raise TransientError("no database yet")
        return InstrumentIndex([KnownInstrument("AAPL", "Apple", "애플", "USD")])


async def test_instruments_are_read_again_sooner_while_there_are_none() -> None:
    market = LateMarket()
    instruments = LatestInstruments(market)
    with pytest.raises(TransientError):
        await instruments.refresh()
    assert (len(instruments.current), instruments.seconds) == (0, EMPTY_SECONDS)
    market.up = True
    await instruments.refresh()
    assert (instruments.current.get("AAPL").name_en, instruments.seconds) == ("Apple", REFRESH_SECONDS)
