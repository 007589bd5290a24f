"""How late the event loop of analysis research runs its timers while it works, beside a loop that does nothing."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

import aiohttp

from bench.broker import open_broker
from bench.result import BenchmarkResult
from services.analysis.research.quality.cells import Instrument
from shared.db import Database, open_database
from shared.events import ResearchError, RunBacktest, RunGrid, Timeframe
from shared.kafka import JobClient, open_producer
from shared.migrations.command import upgrade
from shared.settings import MeshSettings
from shared.tables import bars, instruments
from shared.topics import RESEARCH_JOBS
from tests.research.quality.markets import walks
from tests.research.role import client, indicator_job, job
from tests.until import until

SYMBOLS: Final = 40
BARS: Final = 2520
SECONDS: Final = 60.0
START_SECONDS: Final = 120.0
GOAL: Final = 0.005
DAY_MS: Final = 86_400_000
Buckets = dict[float, float]
_numbers: Final = itertools.count(1)


def rows(bootstrap: str) -> list[BenchmarkResult]:
    """The loop of the role, and of a service that does nothing, in the same minute."""
    if bootstrap:
        return asyncio.run(_measured(bootstrap))
    with open_broker() as own:
        return asyncio.run(_measured(own))


async def _measured(bootstrap: str) -> list[BenchmarkResult]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite+aiosqlite:///{folder / 'bench.db'}"
        await upgrade(url)
        async with open_database(url) as database:
            await _fill(database)
        settings = {"KAFKA_BOOTSTRAP": bootstrap, "DATABASE_URL": url, "VAR": name, "PROBE_PORT": "0", "JOB_SECONDS": "60"}
        with (
            _process("services.analysis", "research", folder=folder, **settings) as role,
            _process("bench.idle_loop", folder=folder, **settings) as idle,
        ):
            ports = [await until(partial(_port, log), START_SECONDS, f"{log.stem} has started") for log in (role, idle)]
            before = [await _lag(port) for port in ports]
            answered = await _work(bootstrap)
            found = [_since(await _lag(port), first) for port, first in zip(ports, before, strict=True)]
    ours, theirs = map(_shown, found)
    work = f"event loop of research: {answered} conditions and pages of indicators, grids, backtests and records, {SECONDS:.0f} s"
    return [BenchmarkResult(work, ours, f"a loop that does nothing: {theirs}", "", f"99 % within {GOAL * 1000:g} ms")]


async def _work(bootstrap: str) -> int:
    """Ask for what people and other services ask for, until the time is over; returns how many questions were answered."""
    end, settings = time.monotonic() + SECONDS, MeshSettings(kafka_bootstrap=bootstrap)
    async with client(bootstrap) as jobs, open_producer(settings, "bench") as producer:

        async def runs() -> int:
            while time.monotonic() < end:
                for each in (_grid(), _backtest()):
                    await producer.publish(RESEARCH_JOBS, each, key=each.id)
                await asyncio.sleep(10)
            return 0

        return sum(await asyncio.gather(runs(), *(_questions(jobs, end, n) for n in range(3))))


async def _questions(jobs: JobClient, end: float, first: int) -> int:
    for number in itertools.count(first):
        if time.monotonic() > end:
            return number - first
        symbol = f"B{number % SYMBOLS:02d}"
        errors: list[ResearchError | None] = [
            (await jobs.request(job(f"rsi_{10 + number % 9} < 30 and close > sma_200 on 1d", symbol), 60)).error,
            (await jobs.indicators(indicator_job(symbol, Timeframe.D1), 60)).error,
        ]
        if any(errors):
            raise RuntimeError(f"a question was answered with {errors}")
    raise AssertionError("the count never ends")


def _grid() -> RunGrid:
    return RunGrid(
        entry="golden_cross({fast}, {slow})", exit="dead_cross({fast}, {slow})", steps={"fast": "5:50:5", "slow": "60:200:10"},
        tape="daily", **_about(),
    )  # fmt: skip


def _backtest() -> RunBacktest:
    return RunBacktest(entry="rsi_oversold", exit="rsi_overbought", tape="daily", symbols=("AAPL", "SPY"), **_about())


def _about() -> dict[str, Any]:
    now, number = time.time_ns() // 1_000_000, next(_numbers)
    return {"id": f"bench-{number}", "requested_by": f"bench-{number}", "ts_event": now, "ts_init": now, "source": "bench"}


async def _fill(database: Database) -> None:
    """Random walks as stored daily bars."""
    listed, stored = list[dict[str, Any]](), list[dict[str, Any]]()
    for number, each in enumerate(walks(1, BARS, SYMBOLS)):
        symbol = f"B{number:02d}"
        listed.append(
            {
                "symbol": symbol, "name_en": symbol, "name_ko": symbol, "exchange": "NYSE", "currency": "USD", "kind": "stock",
                "sector": "", "aliases": "[]", "active": True,
            }
        )  # fmt: skip
        stored += _bars(symbol, each)
    async with database.begin(seconds=600) as connection:
        await connection.execute(instruments.insert(), listed)
        await connection.execute(bars.insert(), stored)


def _bars(symbol: str, of: Instrument) -> Iterator[dict[str, Any]]:
    opened, high, low, close, days = (each.tolist() for each in of.prices)
    for at, day in enumerate(days):
        session = int(time.strftime("%Y%m%d", time.gmtime(day * 86_400)))
        yield {
            "symbol": symbol, "timeframe": "1d", "ts_open": day * DAY_MS, "ts_close": day * DAY_MS + DAY_MS, "session": session,
            "open": opened[at], "high": high[at], "low": low[at], "close": close[at], "volume": 1e6, "price_factor": 1.0,
            "split_factor": 1.0, "incomplete": False, "source": "bench", "replayed": False,
        }  # fmt: skip


@contextmanager
def _process(*arguments: str, folder: Path, **settings: str) -> Iterator[Path]:
    """``python -m`` these; yields its log."""
    log = folder / f"{arguments[0]}.log"
    with log.open("wb") as out:
        process = subprocess.Popen([sys.executable, "-m", *arguments], env={**os.environ, **settings}, stdout=out, stderr=out)
        try:
            yield log
        finally:
            process.terminate()
            process.wait(60)


def _port(log: Path) -> int:
    """The port of its metrics; 0 until it has started."""
    lines = [
        json.loads(line)
        for line in log.read_text("utf-8").splitlines(keepends=True)
        if line.startswith("{") and line.endswith("\n")
    ]
    started = any(line["event"] == "started" for line in lines)
    return next(int(line["port"]) for line in lines if "port" in line) if started else 0


async def _lag(port: int) -> Buckets:
    """Timers by the most seconds that they were late: cumulative."""
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/metrics") as response:
        lines = (await response.text()).splitlines()
    found = (line.split('le="')[1].split('"} ') for line in lines if line.startswith("finstage_mesh_loop_lag_seconds_bucket"))
    return {float(limit): float(count) for limit, count in found}


def _since(now: Buckets, before: Buckets) -> Buckets:
    return {limit: count - before.get(limit, 0.0) for limit, count in now.items()}


def _shown(found: Buckets) -> str:
    every = found[float("inf")]
    p99 = min(limit for limit, count in found.items() if count >= 0.99 * every)
    return f"99 % within {p99 * 1000:g} ms, {found[GOAL] / every:.2%} within {GOAL * 1000:g} ms ({every:.0f} timers)"
