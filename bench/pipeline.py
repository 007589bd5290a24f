"""Ticks through the engine: ``python -m bench.pipeline``. Measured in CPU time.

In memory: JSON in, decoded, bars, indicators, rules, everything that comes out encoded. Through Kafka: the whole service in this
process, on the broker that ``--kafka host:port`` names (a fresh one with the topics made: the log is read from its start).
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import uvloop

from bench.result import BenchmarkResult
from services.analysis.kernels import machine_code
from services.analysis.kernels.plan import plan
from services.analysis.live.adapters.calendars import read_calendar
from services.analysis.live.domain.calendar import Calendar
from services.analysis.live.domain.engine import Engine, ListedInstrument
from services.analysis.live.domain.engine_outcome import EngineOutcome
from services.analysis.live.domain.series_runner import SeriesRunner
from shared import wire
from shared.events import Tick
from shared.topics import TICKS

SYMBOLS: Final = 100
SECONDS: Final = 3000
"""Seconds of a session: one tick a second and symbol."""
KAFKA_FACTOR: Final = 4
"""Factor of the number of ticks through Kafka, so that joining the group and restoring partitions have little weight."""
BATCH: Final = 2000
DAY: Final = dt.date(2024, 1, 2)


def messages(opened: int, seconds: int = SECONDS) -> list[bytes]:
    """One tick per second and symbol, as in the log."""
    rng, prices, found = random.Random(1), [100.0] * SYMBOLS, []  # noqa: S311  # a tape, no secret
    for second in range(seconds):
        for number in range(SYMBOLS):
            prices[number] *= 1 + rng.gauss(0, 0.0003)
            ts = opened + second * 1000
            tick = Tick(
                symbol=f"B{number:03d}", price=round(prices[number], 2), ts_event=ts, ts_init=ts + 40, source="replay",
                seq=second + 1, size=float(rng.randrange(1, 500)), replayed=True,
            )  # fmt: skip
            found.append(wire.encode(tick))
    return found


def engine(series: SeriesRunner, calendar: Calendar) -> Engine:
    """An engine without state that knows the symbols."""
    return Engine(calendar, {f"B{number:03d}": ListedInstrument("NYSE", "stock") for number in range(SYMBOLS)}, series)


def encode_all(outcome: EngineOutcome) -> int:
    """Encode all events; returns their number."""
    groups: tuple[Sequence[Any], ...] = (outcome.bars, outcome.rows, outcome.signals, outcome.quotes)
    return sum(len([wire.encode(event) for event in group]) for group in groups)


def in_memory(series: SeriesRunner, calendar: Calendar, log: list[bytes]) -> BenchmarkResult:
    """Decode, engine, rules, encode: no I/O."""
    decoder, best, events = wire.decoder(TICKS), 0.0, 0
    for _ in range(5):
        one, events = engine(series, calendar), 0
        encode_all(one.apply(decoder.decode_lines(b"\n".join(log[:BATCH]))))
        began = time.process_time()
        for first in range(BATCH, len(log), BATCH):
            events += encode_all(one.apply(decoder.decode_lines(b"\n".join(log[first : first + BATCH]))))
        best = max(best, (len(log) - BATCH) / (time.process_time() - began))
    return BenchmarkResult(
        f"tick in -> decode -> bars -> {len(series.columns)} columns -> rules -> encode, {events / len(log):.2f} out a tick",
        f"{best / 1e3:,.0f} k ticks/s a core",
        target=">= 800 k",
    )


async def through_kafka(bootstrap: str, log: list[bytes]) -> BenchmarkResult:
    """The whole service on a real broker: consumer, engine, producer, checkpoints in SQLite."""
    from bench.pipeline_kafka import drive

    ticks, cpu, wall = await drive(bootstrap, log, SYMBOLS)
    return BenchmarkResult(
        "the same through Kafka, the whole service with checkpoints (SQLite)",
        f"{ticks / cpu / 1e3:,.0f} k ticks/s a core ({ticks / wall / 1e3:,.0f} k/s by the clock)",
        target=">= 250 k",
    )


def rows(bootstrap: str = "") -> list[BenchmarkResult]:
    """The rows; through Kafka only where a broker with the topics is named."""
    series = SeriesRunner(plan(fingerprint=machine_code.kernel_fingerprint()), machine_code.load(Path(".cache/kernels")))
    calendar = read_calendar(DAY, DAY)
    exchange = calendar.codes["NYSE"]
    opened = int(calendar.sessions[calendar.bounds[exchange]]["open"])
    found = [in_memory(series, calendar, messages(opened))]
    if bootstrap:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            found.append(runner.run(through_kafka(bootstrap, messages(opened, KAFKA_FACTOR * SECONDS))))
    return found


def main() -> None:
    """Prints the rows."""
    arguments = argparse.ArgumentParser(prog="python -m bench.pipeline")
    arguments.add_argument("--kafka", default="", help="host:port of a broker with the topics; without it only the first row")
    for row in rows(arguments.parse_args().kafka):
        print(f"{row.work}: {row.ours} (target: {row.target})")  # noqa: T201


if __name__ == "__main__":
    main()
