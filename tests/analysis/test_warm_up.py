"""A requested indicator is warmed up from the past of each symbol while ticks are applied; until then its values are unknown."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence

from services.analysis.kernels.closed_bars import BarRecords
from services.analysis.live.domain.checkpoint import needed_windows
from services.analysis.live.domain.engine import Engine
from services.analysis.live.domain.engine_outcome import EngineOutcome
from services.analysis.live.handlers.partition import Partition
from services.analysis.live.handlers.publish_queue import PublishQueue
from services.analysis.live.handlers.warm_up import WarmUp
from shared.events import Bar, IndicatorRow, TickLog, Timeframe
from shared.failures import TransientError
from tests.analysis.apple import Stores
from tests.analysis.market import LISTED, engine, market, series
from tests.analysis.tape import of_symbol, stored, tape
from tests.until import until

SYMBOLS, DAYS = ("AAA", "BBB"), 4
LOG = tape(SYMBOLS, DAYS)
WARM, LATER = len(LOG) // 2, 3 * len(LOG) // 4
OLD, NEW = ("rsi", (21.0,)), ("sma", (5.0,))

Rows = dict[tuple[str, str, int], IndicatorRow]


def rows_of(*outcomes: EngineOutcome) -> Rows:
    return {(row.symbol, str(row.timeframe), row.ts_event): row for outcome in outcomes for row in outcome.rows}


def values(rows: Rows, column: str, symbol: str) -> list[float | None]:
    return [row.values[column] for (name, *_), row in rows.items() if name == symbol]


def from_the_start() -> Rows:
    found = engine()
    found.request_indicators([OLD, NEW])
    return rows_of(found.apply(LOG))


def half_way() -> tuple[Engine, EngineOutcome]:
    found = engine()
    found.request_indicators([OLD])
    return found, found.apply(LOG[:WARM])


def test_a_new_indicator_is_unknown_until_warmed_up_and_the_old_one_keeps_every_bit() -> None:
    reference, (found, first) = from_the_start(), half_way()
    found.request_indicators([OLD, NEW])
    assert found.not_warmed_up == list(SYMBOLS)
    second = found.apply(LOG[WARM:LATER])
    table = stored([*first.bars, *second.bars])
    found.warm_up("AAA", of_symbol(table, "AAA"))
    assert found.not_warmed_up == ["BBB"]
    third = found.apply(LOG[LATER:])
    before_warm_up, warm = rows_of(second), rows_of(third)
    for symbol in SYMBOLS:
        assert set(values(before_warm_up, "sma_5", symbol)) == {None}
        for rows in (before_warm_up, warm):
            want = [reference[key].values["rsi_21"] for key in rows if key[0] == symbol]
            assert values(rows, "rsi_21", symbol) == want
    assert values(warm, "sma_5", "AAA") == [reference[key].values["sma_5"] for key in warm if key[0] == "AAA"]
    assert any(value is not None for value in values(warm, "sma_5", "AAA"))
    assert set(values(warm, "sma_5", "BBB")) == {None}
    assert found.peek("BBB", Timeframe.D1) is None or found.peek("BBB", Timeframe.D1)["sma_5"] is None  # type: ignore[index]


def test_the_progress_of_a_warm_up_is_part_of_the_checkpoint() -> None:
    found, first = half_way()
    found.request_indicators([OLD, NEW])
    table = stored(first.bars)
    found.warm_up("BBB", of_symbol(table, "BBB"))
    windows = {(each.symbol, each.timeframe): table[each.symbol, each.timeframe][-each.n :] for each in needed_windows(found.state)}
    again = Engine.restore(found.snapshot(), windows, market(), LISTED, series())
    assert again.not_warmed_up == found.not_warmed_up == ["AAA"]
    assert [row.values for row in again.apply(LOG[WARM:]).rows] == [row.values for row in found.apply(LOG[WARM:]).rows]
    assert again.snapshot() == found.snapshot()


def test_an_indicator_that_is_no_longer_requested_needs_no_warm_up() -> None:
    found, _ = half_way()
    found.request_indicators([OLD, NEW])
    found.request_indicators([OLD])
    assert found.not_warmed_up == []
    found.request_indicators([])
    assert found.not_warmed_up == []


class Gated(Stores):
    """A slow database: a read of a whole past waits for ``let_through``, and fails while ``away`` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.reads: defaultdict[str, int] = defaultdict(int)
        self.let_through = asyncio.Event()
        self.away = False
        self.reports: list[tuple[list[str], int]] = []

    async def closed_bars(
        self, symbol: str, limit: int, after: Mapping[Timeframe, int] | None = None
    ) -> dict[Timeframe, BarRecords]:
        if after is None:
            self.reads[symbol] += 1
            await self.let_through.wait()
        if self.away:
            raise TransientError("database is gone")
        return await super().closed_bars(symbol, limit, after)

    async def report(self, partition: int, columns: Sequence[str], symbols_left: int, now: int) -> None:
        assert (partition, now) == (0, 1)
        self.reports.append((list(columns), symbols_left))

    def fill(self, bars: Sequence[Bar]) -> None:
        for symbol, timeframe in (table := stored(bars)):
            for row in table[symbol, timeframe].tolist():
                self.rows[symbol, timeframe, row[0]] = row


async def test_ticks_are_applied_while_the_past_is_read_and_no_bar_is_missed() -> None:
    reference, (found, first) = from_the_start(), half_way()
    stores = Gated()
    stores.fill(first.bars)
    mine = Partition(0, found, PublishQueue("0", None, lambda: 0), 0, None, time.monotonic(), unsaved=False)  # type: ignore[arg-type]
    found.request_indicators([OLD, NEW])
    warm_up, stopping, unsaved = WarmUp(stores, 10_000, stores, lambda: 1), asyncio.Event(), list[Bar]()

    def run(events: Sequence[TickLog]) -> EngineOutcome:
        outcome = found.apply(events)
        unsaved.extend(outcome.bars)
        return outcome

    async def save(partition: Partition) -> None:
        assert partition is mine
        stores.fill(unsaved)
        unsaved.clear()

    partitions = {0: mine}
    task = asyncio.create_task(warm_up.run(partitions, stopping))
    try:
        await until(lambda: stores.reads["AAA"] == 1, 20, "the read of the past")
        second = run(LOG[WARM:LATER])  # the batch does not wait for the read
        await warm_up.apply(partitions, save)
        assert found.not_warmed_up == list(SYMBOLS)
        stores.away = True
        stores.let_through.set()
        await until(lambda: stores.reads["AAA"] == 2, 20, "another try after the database was away")
        stores.away = False

        async def warmed() -> bool:
            await warm_up.apply(partitions, save)
            return not found.not_warmed_up

        await until(warmed, 20, "everything is warmed up")
        assert mine.unsaved
        await until(lambda: stores.reports[-1:] == [([], 0)], 20, "the report that all is warmed up")
        assert stores.reports == [(["sma_5"], 2), (["sma_5"], 1), ([], 0)]
    finally:
        stopping.set()
        await task
    third = rows_of(run(LOG[LATER:]))
    assert second.rows
    assert {key: row.values for key, row in third.items()} == {key: reference[key].values for key in third}


async def test_the_past_is_read_again_after_a_history_is_loaded() -> None:
    found, first = half_way()
    stores = Gated()
    stores.fill(first.bars)
    mine = Partition(0, found, PublishQueue("0", None, lambda: 0), 0, None, time.monotonic(), unsaved=False)  # type: ignore[arg-type]
    found.request_indicators([NEW])
    warm_up, stopping = WarmUp(stores, 10_000, stores, lambda: 1), asyncio.Event()

    async def save(_: Partition) -> None: ...

    task = asyncio.create_task(warm_up.run({0: mine}, stopping))
    try:
        await until(lambda: stores.reads["AAA"] == 1, 20, "the read of the past")
        mine.loads["AAA"] += 1
        stores.let_through.set()

        async def read_again() -> bool:
            await warm_up.apply({0: mine}, save)
            return stores.reads["AAA"] == 2

        await until(read_again, 20, "the past is read again")
        assert "AAA" in found.not_warmed_up or stores.reads["AAA"] == 2
    finally:
        stopping.set()
        await task
