"""From a signal to its deliveries with 100,000 chats in the database: who gets it, and their rows."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import numpy as np

from bench.result import BenchmarkResult
from services.notifier.adapters.chats import ChatTables
from services.notifier.adapters.deliveries import DeliveryTable
from services.notifier.domain.delivery import DeliveryStatus
from services.notifier.domain.ports.deliveries import NewDelivery
from shared import wire
from shared.db import Database, open_database
from shared.events import Signal, Timeframe
from shared.migrations import command
from shared.tables import chats, industries, instrument_industries, instruments, watched_industries, watchlists

CHATS, SYMBOLS, WATCHED, INDUSTRIES = 100_000, 500, 5, 40
EVERYTHING = 100
"""One chat in so many watches everything."""
RUNS = 5


def rows() -> list[BenchmarkResult]:
    """Matching, and the rows."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measured(f"sqlite+aiosqlite:///{Path(folder) / 'bench.db'}"))


async def _measured(url: str) -> list[BenchmarkResult]:
    await command.upgrade(url)
    async with open_database(url) as database:
        await _fill(database)
        table, deliveries = ChatTables(database), DeliveryTable(database, ["telegram"])
        event, prediction = _signal("gap", {"move": 0.01}), _signal("golden_cross", {"fast": 50.0, "slow": 200.0})
        (found,), *_ = [await table.recipients(["telegram"], [event])]
        matched = await _cost(lambda _: table.recipients(["telegram"], [event]))
        refused = await _cost(lambda _: table.recipients(["telegram"], [prediction]))
        body = wire.encode(event).decode()

        def insert(run: int) -> Awaitable[Any]:
            new = [NewDelivery(f"s{run}", chat, DeliveryStatus.PENDING, body) for chat in found]
            return deliveries.add(new, run)

        written = await _cost(insert)
    count = f"{len(found):,} recipients of {CHATS:,} chats"
    return [
        BenchmarkResult(f"who gets an event: {count}", matched, target="< 50 ms"),
        BenchmarkResult("who gets a prediction without a validated record: nobody", refused, target="< 50 ms"),
        BenchmarkResult(f"their rows of deliveries, {len(found):,} in one transaction", written),
    ]


async def _cost(work: Callable[[int], Awaitable[Any]]) -> str:
    """The best of some runs: CPU of all threads, of that our own thread's (the rest is SQLite's), and by the clock."""
    best: tuple[float, ...] = (np.inf, np.inf, np.inf)
    for run in range(RUNS):
        before = time.process_time(), time.thread_time(), time.perf_counter()
        await work(run)
        after = time.process_time(), time.thread_time(), time.perf_counter()
        best = min(best, tuple(b - a for a, b in zip(before, after, strict=True)))
    whole, own, clock = (1000 * each for each in best)
    return f"{whole:.0f} ms, {own:.0f} ms of it ours; {clock:.0f} ms by the clock"


def _signal(rule: str, params: dict[str, float]) -> Signal:
    return Signal(
        id="s", symbol="S7", timeframe=Timeframe.D1, ts_event=1, ts_init=1, rule=rule, rule_version=1, params=params,
        direction="up", price=1.0, evidence={},
    )  # fmt: skip


async def _fill(database: Database) -> None:
    random = np.random.default_rng(1)
    symbols = [f"S{n}" for n in range(SYMBOLS)]
    listed = [
        {
            "symbol": symbol,
            "name_en": symbol,
            "name_ko": symbol,
            "exchange": "NYSE",
            "currency": "USD",
            "kind": "stock",
            "aliases": "[]",
        }
        for symbol in symbols
    ]
    named = [{"industry": f"i{n}", "name_en": "I", "name_ko": "I"} for n in range(INDUSTRIES)]
    members = [{"symbol": symbol, "industry": f"i{n % INDUSTRIES}"} for n, symbol in enumerate(symbols)]
    keys = [{"channel": "telegram", "chat_id": f"{n}", "created_at": 0} for n in range(CHATS)]
    people = [key | {"kind": "private", "watch_all": n % EVERYTHING == 0} for n, key in enumerate(keys)]
    chosen = random.integers(SYMBOLS, size=(CHATS, WATCHED))
    lists = [
        key | {"thread_id": 0, "symbol": symbols[symbol]}
        for key, mine in zip(keys, chosen, strict=True)
        for symbol in set(mine.tolist())
    ]
    groups = [key | {"thread_id": 0, "industry": f"i{n % INDUSTRIES}"} for n, key in enumerate(keys) if n % 2]
    async with database.begin(seconds=600) as connection:
        for table, values in (
            (industries, named),
            (instruments, listed),
            (instrument_industries, members),
            (chats, people),
            (watchlists, lists),
            (watched_industries, groups),
        ):
            await connection.execute(table.insert(), values)
