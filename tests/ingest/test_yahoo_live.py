"""Prices are streamed; while the stream is silent they are polled, and logged; then they are streamed again."""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from yfinance.pricing_pb2 import PricingData

from services.ingest.adapters.clock import SystemClock
from services.ingest.adapters.heartbeat_source import LiveSource
from services.ingest.adapters.yahoo.output_queue import OutputQueue, stale_ticks
from services.ingest.adapters.yahoo.source import open_yahoo, polled_symbols, streaming
from services.ingest.adapters.yahoo.stream import connections, frames
from services.ingest.adapters.yahoo.stream_messages import FrameError, decode
from services.ingest.domain.exchange_delays import DELAY_MS
from services.ingest.domain.freshness import StreamFreshness, open_since
from services.ingest.domain.health import ProviderHealth
from services.ingest.domain.poll_plan import PollPlan
from services.ingest.domain.source import Backfill
from services.ingest.domain.universe import Instrument, Universe
from services.ingest.domain.yahoo_chart import read_chart
from services.ingest.domain.yahoo_ticks import RejectedPrice, StreamedPrice, polled_tick, streamed_tick
from services.ingest.settings import IngestSettings
from shared.events import Heartbeat, Quarantined, Tick, Timeframe
from shared.tasks import UnrequestedCancellationError
from tests.hours import sessions
from tests.ingest.yahoo.charts import chart
from tests.ingest.yahoo.server import Reply, YahooStandIn, ok, yahoo_stand_in
from tests.until import until


def crypto(symbol: str) -> Instrument:
    """An instrument whose market is always open."""
    return Instrument(symbol=symbol, name_en=symbol, name_ko=symbol, exchange="CRYPTO", currency="USD", kind="crypto")


BTC, ETH = crypto("BTC-USD"), crypto("ETH-USD")
VOD = Instrument(symbol="VOD.L", name_en="Vodafone", name_ko="보다폰", exchange="NYSE", currency="GBP", kind="stock")


class NoCursors:
    """Stores nothing."""

    async def load(self, cursor: str) -> str | None:  # noqa: ARG002
        return None

    async def save(self, cursor: str, position: str, now: int) -> None:  # noqa: ARG002
        return None


class Rig:
    """A running source and what it has yielded."""

    def __init__(self, yahoo: YahooStandIn, stopping: asyncio.Event, *, past: bool) -> None:
        self.yahoo, self.stopping, self.past = yahoo, stopping, past
        self.ticks: list[Tick] = []
        self.backfills: list[Backfill] = []
        self.reports: list[Quarantined] = []
        self.price = 50_000.0
        self.health = ProviderHealth()
        yahoo.default = self.answer

    def answer(self, symbol: str, query: Mapping[str, str]) -> Reply:
        """A last price that moves with every request; as history one bar of yesterday, if ``past``."""
        if "range" not in query:
            day = int(time.time()) // 86_400 * 86_400 - 86_400
            return ok(chart(symbol, query["interval"], [(day, 10, 12, 9, 11, 5)], timezone="UTC")) if self.past else Reply(404)
        self.price += 1
        return ok(chart(symbol, "1d", timezone="UTC", price=self.price, price_ts=int(time.time()), volume=7))

    def of(self, source: str) -> list[Tick]:
        return [tick for tick in self.ticks if tick.source == source]

    async def stream_price(self, symbol: str = "BTC-USD", price: float = 50_000.5, **more: Any) -> None:
        """Stream a price of now."""
        await self.yahoo.stream_price(
            **{"id": symbol, "price": price, "time": time.time_ns() // 1_000_000, "currency": "USD", **more}
        )


@asynccontextmanager
async def running(
    tmp_path: Path,
    instruments: tuple[Instrument, ...] = (BTC,),
    *,
    past: bool = False,
    clock: type[SystemClock] = SystemClock,
    **settings: Any,
) -> AsyncIterator[Rig]:
    async with AsyncExitStack() as stack:
        yahoo = await stack.enter_async_context(yahoo_stand_in())
        stopping = asyncio.Event()
        rig = Rig(yahoo, stopping, past=past)
        wanted: dict[str, Any] = {
            "var": tmp_path,
            "yahoo_origin": yahoo.url,
            "yahoo_stream_url": yahoo.stream_url,
            "yahoo_per_minute": 60_000,
            "yahoo_poll_seconds": 0.1,
            "yahoo_subscribe_seconds": 0.2,
            "yahoo_timeout_seconds": 3.0,
            "yahoo_silent_seconds": 30.0,
            "yahoo_stale_seconds": 0.8,
            **settings,
        }
        source = await stack.enter_async_context(
            open_yahoo(IngestSettings(**wanted), Universe((), instruments), NoCursors(), clock(stopping), stopping, rig.health)
        )

        async def read() -> None:
            async for batch in source.events():
                assert 0 < len(batch) <= 2000
                rig.ticks += [item for item in batch if isinstance(item, Tick)]
                rig.backfills += [item for item in batch if isinstance(item, Backfill)]
                rig.reports += [item for item in batch if isinstance(item, Quarantined)]

        reader = asyncio.create_task(read())
        try:
            yield rig
        finally:
            stopping.set()
            await asyncio.wait_for(reader, 10)


async def flowing(rig: Rig, done: Callable[[], Any], **more: Any) -> None:
    """Stream a price again and again until ``done``."""

    async def streamed_once() -> Any:
        await rig.stream_price(**more)
        await asyncio.sleep(0.05)
        return done()

    await until(streamed_once, 15)


async def test_streamed_prices_become_ticks(tmp_path: Path) -> None:
    async with running(tmp_path) as rig:
        await flowing(rig, lambda: len(rig.of("yahoo-stream")) >= 3, price=64_123.25, day_volume=99)
        tick = rig.of("yahoo-stream")[-1]
        assert (tick.symbol, tick.price) == ("BTC-USD", 64_123.25)
        assert tick.day_volume is None  # for crypto, Yahoo sends the volume of 24 hours
        assert abs(tick.ts_init - tick.ts_event) < 60_000
        await until(lambda: len(rig.yahoo.subscriptions) >= 3, 10, "subscribed again")
        assert rig.yahoo.subscriptions[0] == ["BTC-USD"]


async def test_a_silent_stream_is_replaced_by_polling_and_comes_back(tmp_path: Path) -> None:
    async with running(tmp_path, yahoo_silent_seconds=0.6) as rig:
        await flowing(rig, lambda: rig.of("yahoo-stream") and streaming._value.get() == 1)
        polled = len(rig.of("yahoo-poll"))  # nothing is streamed now
        await until(lambda: len(rig.of("yahoo-poll")) >= polled + 2 and streaming._value.get() == 0, 15, "polled")
        await until(connections.labels("silent")._value.get, 10, "reconnected")
        await flowing(rig, lambda: streaming._value.get() == 1)
        await flowing(rig, lambda: polled_symbols._value.get() == 0)
        streamed = len(rig.of("yahoo-stream"))
        await flowing(rig, lambda: len(rig.of("yahoo-stream")) > streamed)


async def test_only_the_symbol_that_is_not_streamed_is_polled(tmp_path: Path) -> None:
    async with running(tmp_path, (BTC, ETH)) as rig:
        # where this process stood still for longer than a price stays fresh, rounds before this one have both
        await flowing(
            rig, lambda: [tick.symbol for tick in rig.of("yahoo-poll")[-4:]] == ["ETH-USD"] * 4 and streaming._value.get() == 1
        )


async def test_the_stream_reconnects_after_every_kind_of_loss(tmp_path: Path) -> None:
    async with running(tmp_path, yahoo_stale_seconds=30.0) as rig:
        await flowing(rig, lambda: rig.of("yahoo-stream"))
        for connection in range(2, 4):
            await rig.yahoo.close_streams()
            await until(lambda: len(rig.yahoo.streams) >= connection, 10, "connected again")  # noqa: B023
            streamed = len(rig.of("yahoo-stream"))
            await flowing(rig, lambda: len(rig.of("yahoo-stream")) > streamed)  # noqa: B023
        await rig.yahoo.send_text("x" * 200_000)  # above the limit of a frame: the connection is closed
        await until(lambda: len(rig.yahoo.streams) >= 4, 10, "connected again")
        assert not rig.of("yahoo-poll")


async def test_a_stream_that_refuses_does_not_stop_prices(tmp_path: Path) -> None:
    async with running(tmp_path) as rig:
        rig.yahoo.refuse_streams = 503
        await rig.yahoo.close_streams()
        await until(lambda: len(rig.of("yahoo-poll")) >= 2, 15, "polled")
        rig.yahoo.refuse_streams = 0
        await flowing(rig, lambda: rig.of("yahoo-stream"))


async def test_malformed_frames_are_counted_and_never_fatal(tmp_path: Path) -> None:
    bad = [
        "",
        "nonsense",
        "{}",
        '{"message": 1}',
        '{"message": "%%%"}',
        '{"message": "AAAA"}',
        '{"message": ""}',
        "[1]",
        "\x00",
        '"',
    ]
    async with running(tmp_path) as rig:
        await flowing(rig, lambda: rig.of("yahoo-stream"))
        counts = {name: frames.labels(name)._value.get() for name in ("malformed", "unknown_symbol", "price", "time", "currency")}
        for text in bad:
            await rig.yahoo.send_text(text)
        await rig.stream_price(symbol="UNKNOWN")
        for price in (float("nan"), float("inf"), 0.0, -3.0):
            await rig.stream_price(price=price)
        await rig.stream_price(time=0)
        await rig.stream_price(time=(time.time_ns() // 1_000_000) + 600_000)
        await rig.stream_price(currency="GBp")
        wanted = {"malformed": len(bad), "unknown_symbol": 1, "price": 4, "time": 2, "currency": 1}
        await until(lambda: all(frames.labels(name)._value.get() == counts[name] + n for name, n in wanted.items()), 10, "counted")
        assert len(rig.yahoo.streams) == 1  # the same connection all along
        streamed = len(rig.of("yahoo-stream"))
        await flowing(rig, lambda: len(rig.of("yahoo-stream")) > streamed)
        assert all(tick.price == 50_000.5 for tick in rig.of("yahoo-stream"))


async def test_polling_continues_after_every_bad_response(tmp_path: Path) -> None:
    async with running(tmp_path, yahoo_silent_seconds=0.1) as rig:
        rig.yahoo.refuse_streams = True
        answers = [Reply(429, b"Too Many Requests"), Reply(200, b"<html>"), Reply(503), Reply(failure="reset"), Reply(401)]
        rig.yahoo.script("BTC-USD", *answers)
        await until(lambda: len(rig.of("yahoo-poll")) >= 2, 90, "polled")
        assert not rig.yahoo.scripted["BTC-USD"]
        prices = [tick.price for tick in rig.of("yahoo-poll")]
        assert all(50_000 < price < 51_000 for price in prices)


async def test_history_and_prices_come_from_one_source(tmp_path: Path) -> None:
    async with running(tmp_path, past=True) as rig:
        await until(lambda: len(rig.backfills) == 5, 20, "history")
        of_days = rig.backfills[0].histories
        assert [(each.timeframe, each.bars[0].close) for each in of_days if each.timeframe is Timeframe.D1] == [(Timeframe.D1, 11)]
        await flowing(rig, lambda: rig.of("yahoo-stream"))


async def test_a_stopping_source_ends_though_yahoo_hangs(tmp_path: Path) -> None:
    async with running(tmp_path, yahoo_silent_seconds=0.1, yahoo_timeout_seconds=2.0) as rig:
        rig.yahoo.refuse_streams = True
        rig.yahoo.default = lambda *_: Reply(failure="hang")
        await until(lambda: any("range" in each.query for each in rig.yahoo.requests), 10, "requested")
        rig.stopping.set()
    assert rig.stopping.is_set()  # leaving the block waited for the end


async def test_older_and_equal_ticks_are_dropped() -> None:
    stopping = asyncio.Event()
    output = OutputQueue(stopping)
    count = stale_ticks.labels("yahoo-poll")._value.get()

    def tick(ts: int, price: float, source: str = "yahoo-stream") -> Tick:
        return Tick(symbol="A", price=price, ts_event=ts, ts_init=ts, source=source)

    async def feed() -> None:
        for each in (tick(10, 1.0), tick(9, 2.0, "yahoo-poll"), tick(10, 1.0, "yahoo-poll"), tick(10, 1.5), tick(11, 1.0)):
            await output.put(each)
        await stopping.wait()

    seen: list[Any] = []
    async for batch in output.batches({"feed": feed}):
        seen += batch
        if len(seen) >= 3:
            stopping.set()
    assert [(each.ts_event, each.price) for each in seen] == [(10, 1.0), (10, 1.5), (11, 1.0)]
    assert stale_ticks.labels("yahoo-poll")._value.get() == count + 2


async def test_a_task_that_fails_or_returns_or_is_cancelled_ends_the_source() -> None:
    async def breaks() -> None:
        raise ArithmeticError("a failure")

    async def returns() -> None:
        return None

    async def is_cancelled() -> None:
        raise asyncio.CancelledError

    for run, kind in ((breaks, ArithmeticError), (returns, RuntimeError), (is_cancelled, UnrequestedCancellationError)):
        with pytest.raises(kind):
            async for _ in OutputQueue(asyncio.Event()).batches({"task": run}):
                pass


async def test_a_backfill_counts_as_published_when_the_next_batch_is_requested() -> None:
    stopping = asyncio.Event()
    output = OutputQueue(stopping)
    published: list[bool] = []

    async def feed() -> None:
        published.append(await output.publish(Backfill("A", ())))
        await stopping.wait()

    batches = output.batches({"feed": feed})
    assert list(await anext(batches)) == [Backfill("A", ())]
    assert published == []
    following = asyncio.ensure_future(anext(batches, None))
    await until(lambda: published == [True], 5)
    stopping.set()
    assert await following is None


def test_pence_are_streamed_and_polled_as_pounds() -> None:
    now = 1_700_000_000_000
    tick = streamed_tick(StreamedPrice("VOD.L", 71.52, now, "GBp", 10), VOD, now)
    assert isinstance(tick, Tick)
    assert (tick.price, tick.day_volume) == (0.7152, 10.0)
    assert streamed_tick(StreamedPrice("VOD.L", 71.52, now, "", 10), VOD, now) == RejectedPrice("currency")
    body = json.dumps(chart("VOD.L", currency="GBp", price=71.52, price_ts=now // 1000, volume=10)).encode()
    tick = polled_tick(read_chart("VOD.L", "1d", 200, body), VOD, now)
    assert isinstance(tick, Tick)
    assert (tick.price, tick.source) == (0.7152, "yahoo-poll")


def test_a_32_bit_price_has_its_shortest_decimal_form() -> None:
    frame = json.dumps({"message": base64.b64encode(PricingData(id="AAPL", price=244.87, time=5).SerializeToString()).decode()})
    instrument = Instrument(symbol="AAPL", name_en="a", name_ko="a", exchange="NASDAQ", currency="USD", kind="stock")
    tick = streamed_tick(decode(frame), instrument, 10)
    assert isinstance(tick, Tick)
    assert tick.price == 244.87
    with pytest.raises(FrameError):
        decode(b"\xff\xfe")


def test_polls_are_spread_over_the_interval_and_within_the_rate() -> None:
    plan, wanted = PollPlan(60, 60), [f"S{i:03d}" for i in range(120)]
    polled: list[tuple[int, str]] = []
    for second in range(600):
        while (symbol := plan.next_symbol(wanted, second)) is not None:
            polled.append((second, symbol))
    per_minute = [sum(1 for second, _ in polled if second // 60 == minute) for minute in range(10)]
    assert max(per_minute) <= 61
    assert min(per_minute) >= 59
    per_second = [sum(1 for at, _ in polled if at == second) for second in range(600)]
    assert max(per_second) <= 2
    assert {symbol for second, symbol in polled if 120 <= second < 245} == set(wanted)


def test_closed_exchanges_are_not_polled_and_delays_are_respected() -> None:
    krx = sessions("KRX", dt.date(2025, 2, 10), dt.date(2025, 2, 12))
    opening, closing = int(krx.open[1]), int(krx.close[1])
    assert open_since(krx, opening - 1) is None
    assert open_since(krx, opening + 5 * 60_000) is None  # prices that arrive now are from before the open
    assert open_since(krx, opening + 20 * 60_000) == opening + 20 * 60_000
    assert open_since(krx, closing + 20 * 60_000 + 1) is None
    fresh = StreamFreshness({"005930.KS": "KRX"}, 0, stale=120_000, silent=30_000)
    assert fresh.decide({"KRX": None}, closing).poll == frozenset()
    since = opening + 20 * 60_000
    assert fresh.decide({"KRX": since}, since + 29_000).poll == frozenset()
    assert fresh.decide({"KRX": since}, since + 31_000).poll == {"005930.KS"}


async def test_heartbeats_wait_for_delayed_prices() -> None:
    """KRX's prices arrive 20 minutes late: its bars must not be closed earlier."""
    krx, nyse = (sessions(exchange, dt.date(2025, 2, 10), dt.date(2025, 2, 14)) for exchange in ("KRX", "NYSE"))

    class Quiet:
        """Yields nothing until it is stopped."""

        name = "yahoo"

        async def events(self) -> AsyncIterator[list[Tick]]:
            await stopping.wait()
            if not stopping.is_set():
                yield []

    class Minute:
        """Each wait takes a minute."""

        at = int(krx.close[1]) - 60_000

        def now(self) -> float:
            return self.at / 1000

        def wall(self) -> int:
            return self.at

        async def wait(self, seconds: float) -> None:  # noqa: ARG002
            self.at += 60_000
            await asyncio.sleep(0)

    stopping, clock, seen = asyncio.Event(), Minute(), []
    calendars = {"KRX": krx, "NYSE": nyse}
    source = LiveSource(Quiet(), lambda _: calendars, clock, stopping, every=60.0, lag=5.0, delays=DELAY_MS)
    async for batch in source.events():
        seen += [item for item in batch if isinstance(item, Heartbeat)]
        if any(each.mark == "session_close" for each in seen):
            stopping.set()
    closing = seen[-1]
    assert (closing.exchange, closing.ts_event) == ("KRX", int(krx.close[1]))
    assert closing.ts_init >= int(krx.close[1]) + 20 * 60_000
    assert all(each.ts_event <= each.ts_init - DELAY_MS[each.exchange] for each in seen)
