"""The whole program on Yahoo: real process, real Kafka, real database, Yahoo on a local socket."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from shared.events import Event, Heartbeat, History, HistoryReady, Tick
from shared.kafka import partition_of
from shared.topics import HISTORY, TICKS
from tests.e2e.mesh import Program
from tests.ingest.kafka_log import read_log
from tests.ingest.yahoo.charts import chart
from tests.ingest.yahoo.market import SECONDS
from tests.ingest.yahoo.server import Reply, YahooStandIn, ok, yahoo_stand_in
from tests.servers import Broker
from tests.until import until

DAY = 86_400
HOME = partition_of("BTC-USD", TICKS.partitions)


def past(symbol: str, query: Mapping[str, str]) -> Reply:
    """At most a thousand bars of a market that never closes, from the start of the request; the last one is still forming."""
    if "range" in query:
        return ok(chart(symbol, "1d", timezone="UTC", price=50_000.0, price_ts=int(time.time())))
    interval = query["interval"]
    step = SECONDS.get(interval, DAY)
    now = min(int(query["period2"]), int(time.time()))
    first = max(-(-int(query["period1"]) // step) * step, now // step * step - 1000 * step)
    rows = [(ts, 100.0, 102.0, 99.0, 101.0, 5.0) for ts in range(first, now, step)]
    return ok(chart(symbol, interval, rows, timezone="UTC"))


def program(tmp_path: Path, yahoo: YahooStandIn, broker: Broker, database_url: str) -> Program:
    line = {
        "symbol": "BTC-USD",
        "name_en": "Bitcoin",
        "name_ko": "비트코인",
        "exchange": "CRYPTO",
        "currency": "USD",
        "kind": "crypto",
    }
    universe = tmp_path / "universe.jsonl"
    universe.write_text(json.dumps(line) + "\n")
    environment = {
        "SOURCE": "yahoo",
        "NEWS": "false",
        "KAFKA_BOOTSTRAP": broker.bootstrap,
        "DATABASE_URL": database_url,
        "VAR": str(tmp_path / "var"),
        "PROBE_PORT": "0",
        "UNIVERSE": str(universe),
        "BEAT_SECONDS": "0.5",
        "BEAT_LAG": "1",
        "YAHOO_ORIGIN": yahoo.url,
        "YAHOO_STREAM_URL": yahoo.stream_url,
        "YAHOO_PER_MINUTE": "6000",
    }
    return Program(("services.ingest",), environment, tmp_path / "ingest.log")


async def streamed(yahoo: YahooStandIn, seconds: float) -> None:
    """Stream a price that moves, for a while."""
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        await yahoo.stream_price(id="BTC-USD", price=50_000.0 + time.time() % 100, time=time.time_ns() // 1_000_000, currency="USD")
        await asyncio.sleep(0.1)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_history_prices_and_heartbeats_reach_kafka_and_a_restart_continues(
    empty_kafka: Broker, database_url: str, tmp_path: Path
) -> None:
    async with yahoo_stand_in() as yahoo:
        yahoo.default = past
        ingest = program(tmp_path, yahoo, empty_kafka, database_url)
        try:
            await until(lambda: yahoo.subscriptions, 60, "subscribed")
            await until(lambda: any(each.query.get("interval") == "1m" for each in yahoo.requests), 30, "all history was requested")
            await streamed(yahoo, 2.5)
            assert await asyncio.to_thread(ingest.stop) == 0, ingest.tail()
            ticks, histories = await read_log(empty_kafka.bootstrap, TICKS), await read_log(empty_kafka.bootstrap, HISTORY)
            check(ticks, histories)
            before = sum(len(history.bars) for _, _, history in histories[HOME] if isinstance(history, History))

            ingest.start()
            connections = len(yahoo.streams)
            await until(lambda: len(yahoo.streams) > connections, 60, "connected")
            await streamed(yahoo, 2.5)
            assert await asyncio.to_thread(ingest.stop) == 0, ingest.tail()
            again = await read_log(empty_kafka.bootstrap, HISTORY)
            after = sum(len(history.bars) for _, _, history in again[HOME] if isinstance(history, History))
            assert before > 4000
            assert after - before <= 4  # at most what closed in between
        finally:
            ingest.kill()


def check(ticks: Mapping[int, list[tuple[int, str, Event]]], histories: Mapping[int, list[tuple[int, str, Event]]]) -> None:
    prices = [event for _, _, event in ticks[HOME] if isinstance(event, Tick)]
    assert len(prices) >= 10
    assert {tick.source for tick in prices} == {"yahoo-stream"}
    assert [tick.ts_event for tick in prices] == sorted(tick.ts_event for tick in prices)
    for partition, log in ticks.items():
        heartbeats = [event for _, _, event in log if isinstance(event, Heartbeat)]
        assert heartbeats, f"no heartbeat in partition {partition}"
        assert all(beat.ts_event < beat.ts_init for beat in heartbeats)
    ready = [event for _, _, event in ticks[HOME] if isinstance(event, HistoryReady)]
    stored = {offset: event for offset, _, event in histories[HOME]}
    timeframes: list[str] = []
    for each in ready:
        run = [stored[offset] for offset in range(each.first, each.last + 1)]
        assert all(isinstance(history, History) and history.symbol == "BTC-USD" and len(history.bars) <= 500 for history in run)
        timeframes += dict.fromkeys(history.timeframe.value for history in run if isinstance(history, History))
    assert timeframes == ["1d", "1w", "1M", "1h", "4h", "15m", "30m", "5m", "1m"]
    bars = [bar for event in stored.values() if isinstance(event, History) for bar in event.bars]
    assert all(bar.ts_close <= time.time() * 1000 for bar in bars)
