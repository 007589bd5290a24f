"""The whole of analysis live in this process, on a real broker, with checkpoints in SQLite."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Sequence
from typing import Final

import msgspec
from sqlalchemy import select

from services.analysis.live.app import build
from services.analysis.live.settings import LiveSettings
from shared.db import Database, open_database
from shared.events import Tick
from shared.kafka import open_producer
from shared.runtime import Lifecycle
from shared.tables import checkpoints, instruments, metadata
from shared.topics import TICKS

AT_A_TIME: Final = 5000
LIMIT_SECONDS: Final = 300.0


async def drive(bootstrap: str, log: Sequence[bytes], symbols: int) -> tuple[int, float, float]:
    """Publish the log, then run the service on it. Returns ticks, CPU seconds of this process, and wall time in seconds.

    Measured from the moment the connected service starts to read, including the restore of partitions: a later start would miss
    work that is already done (partitions write their checkpoints one after the other).
    """
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/bench.db"
        settings = LiveSettings(kafka_bootstrap=bootstrap, database_url=url, analysis_group=f"bench-{time.time_ns()}")
        async with open_database(url) as database:
            await _prepare(database, symbols)
            end = await _feed(settings, log)
            lifecycle = Lifecycle()
            async with build(settings, lifecycle) as tasks:
                cpu, began = time.process_time(), time.perf_counter()
                running = [asyncio.ensure_future(task()) for task in tasks.values()]
                await _reached(database, end, 0.1)
                spent = time.process_time() - cpu, time.perf_counter() - began
                lifecycle.stopping.set()
                await asyncio.gather(*running)
    return end, *spent


async def _prepare(database: Database, symbols: int) -> None:
    async with database.begin() as connection:
        await connection.run_sync(metadata.create_all)
        rows = [
            {
                "symbol": f"B{n:03d}",
                "name_en": "",
                "name_ko": "",
                "exchange": "NYSE",
                "currency": "USD",
                "kind": "stock",
                "aliases": "[]",
            }
            for n in range(symbols)
        ]
        await connection.execute(database.upsert(instruments, rows), rows)


async def _feed(settings: LiveSettings, log: Sequence[bytes]) -> int:
    """Publishes the log; returns how many messages all partitions have together."""
    decoder, ends = msgspec.json.Decoder(Tick), dict[int, int]()
    async with open_producer(settings, "bench") as producer:
        for first in range(0, len(log), AT_A_TIME):
            ticks = [decoder.decode(body) for body in log[first : first + AT_A_TIME]]
            for place in await producer.publish_many(TICKS, [(tick.symbol, tick) for tick in ticks]):
                ends[place.partition] = place.offset + 1
    return sum(ends.values())


async def _reached(database: Database, end: int, every: float) -> None:
    """Waits until the checkpoints have come to ``end`` messages. Raises TimeoutError."""
    async with asyncio.timeout(LIMIT_SECONDS):
        while await _positions(database) < end:  # noqa: ASYNC110  # asks a database
            await asyncio.sleep(every)


async def _positions(database: Database) -> int:
    async with database.connect() as connection:
        return sum((await connection.execute(select(checkpoints.c.next_offset))).scalars())
