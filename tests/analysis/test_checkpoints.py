"""Checkpoints: compare-and-set, and bars and signals in the same transaction or not at all."""

from __future__ import annotations

import math

import pytest
from sqlalchemy import select

from services.analysis.live.adapters.bars import StoredBars
from services.analysis.live.adapters.checkpoints import CheckpointTable
from services.analysis.live.domain.checkpoint import NeededWindow
from services.analysis.live.domain.ports import Checkpoint, CheckpointRows, ProvidedBars
from services.analysis.live.domain.provided_bars import bars_of_history
from shared.db import open_database
from shared.events import Bar, Timeframe
from shared.failures import FencedError
from shared.tables import bars
from tests.analysis.market import HALF_DAY
from tests.analysis.test_history import days, history


def bar(ts: int, close: float) -> Bar:
    return Bar(
        symbol="AAA", timeframe=Timeframe.M1, ts_open=ts - 60_000, ts_event=ts, ts_init=ts, session=20241129,
        open=close, high=close, low=close, close=close, volume=1.0,
    )  # fmt: skip


def at(offset: int) -> Checkpoint:
    return Checkpoint(offset, "v", bytes(range(256)) * 300)


async def test_a_former_owner_writes_nothing(database_url: str) -> None:
    async with open_database(database_url) as database:
        mine, zombies = CheckpointTable(database, "mine"), CheckpointTable(database, "zombie")
        await mine.save(3, None, at(5), CheckpointRows([], [bar(60_000, 1.0)], []), 1)
        with pytest.raises(FencedError):
            await zombies.save(3, None, at(6), CheckpointRows([], [bar(120_000, 2.0)], []), 1)
        await mine.save(3, 5, at(10), CheckpointRows([], [bar(180_000, 3.0)], []), 2)
        with pytest.raises(FencedError) as fenced:
            await zombies.save(3, 5, at(12), CheckpointRows([], [bar(240_000, 4.0)], []), 2)
        assert fenced.value.partition == 3
        assert await mine.load(3) == at(10)
        assert await mine.load(4) is None
        async with database.connect() as connection:
            assert (await connection.execute(select(bars.c.close).order_by(bars.c.ts_close))).scalars().all() == [1.0, 3.0]


async def test_floats_are_restored_bit_by_bit(database_url: str) -> None:
    closes = [0.1 + 0.2, math.pi * 1e8, 1e-9, 5e-324, 123456789.123456789, 1e9, 2 / 3]
    async with open_database(database_url) as database:
        facts = CheckpointRows([], [bar((i + 1) * 60_000, close) for i, close in enumerate(closes)], [])
        await CheckpointTable(database, "me").save(0, None, at(1), facts, 1)
        read = (await StoredBars(database).windows([NeededWindow("AAA", Timeframe.M1, 5)]))["AAA", Timeframe.M1]
        assert read["close"].tolist() == closes[-5:]
        assert (await StoredBars(database).closed_bars("AAA", 100))[Timeframe.M1]["close"].tolist() == closes
        assert await StoredBars(database).symbols() == {"AAA"}


async def test_a_later_history_changes_the_factors_of_stored_bars(database_url: str) -> None:
    async with open_database(database_url) as database:
        store, before = CheckpointTable(database, "me"), None
        for offset, factor in ((1, 1.0), (2, 0.25)):
            provided = bars_of_history([history("AAA", Timeframe.D1, days(6, factor=factor))], HALF_DAY)
            await store.save(0, before, at(offset), CheckpointRows([ProvidedBars("AAA", Timeframe.D1, provided)], [], []), 1)
            before = offset
        read = (await StoredBars(database).closed_bars("AAA", 4))[Timeframe.D1]
        assert (len(read), set(read["split_factor"]), read["close"][-1]) == (4, {0.25}, 106.0)
