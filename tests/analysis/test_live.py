"""The service on a real broker and real databases."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import delete, select

from shared import wire
from shared.db import open_database
from shared.events import CorporateAction, Heartbeat, History, HistoryReady, ProviderBar, Tick, Timeframe
from shared.kafka import open_producer, partition_of
from shared.settings import MeshSettings
from shared.tables import bars, checkpoints
from shared.topics import BARS, HISTORY, INDICATORS, QUARANTINE, QUOTES, SIGNALS, TICKS
from tests.analysis.expected import compare, engine_of, listed
from tests.analysis.market import hours
from tests.analysis.running import Live, Stage, rows
from tests.analysis.tape import tape
from tests.databases import on_both_when_thorough, on_mariadb, on_sqlite
from tests.servers import Broker
from tests.until import until

numbers = itertools.count()


@pytest.fixture
def stage(kafka: Broker, database_url: str, tmp_path: Path) -> Iterator[Stage]:
    made = Stage(kafka.bootstrap, database_url, tmp_path)
    yield made
    made.end()


@pytest.fixture
def fresh_stage(own_kafka: Broker, database_url: str, tmp_path: Path) -> Iterator[Stage]:
    """A log of its own: a rebuild reads it from its start, where the heartbeats of other tests would be from the future."""
    made = Stage(own_kafka.bootstrap, database_url, tmp_path)
    yield made
    made.end()


@pytest.fixture
def symbols() -> list[str]:
    """Names that no other test uses."""
    number = next(numbers)
    return [f"L{number}X{letter}" for letter in "ABCD"]


def begun(live: Live) -> bool:
    return '"event":"assigned"' in live.text() or live.process.poll() is not None


async def settled(stage: Stage, *alive: Live, seconds: float = 90) -> None:
    """Everything in the log is in a checkpoint."""

    async def done() -> bool:
        for live in alive:
            assert live.process.poll() is None, live.text()[-3000:]
        return await stage.caught_up()

    try:
        for live in alive:  # the first start after a change of the kernels compiles
            await until(partial(begun, live), 170)
        await until(done, seconds, "the checkpoints reach the end of the log")
    except TimeoutError as error:
        texts = "\n".join(f"{live.name}:\n{live.text()[-4000:]}" for live in alive)
        raise AssertionError(f"{error}\n{await stage.ends()}\n{await stage.positions()}\n{texts}") from error


@on_both_when_thorough
async def test_ticks_produce_every_output(stage: Stage, symbols: list[str]) -> None:
    await stage.list_instruments(listed(symbols))
    log = tape(symbols, 3, heartbeat_rounds=60)
    live = stage.start("one")
    await stage.feed(log)
    await settled(stage, live)
    due = await compare(stage, symbols, log)
    assert len(due.signals) > 20
    quotes = {quote.symbol: quote for quote in await stage.read(QUOTES)}
    for symbol in symbols:
        last = [event for event in log if isinstance(event, Tick) and event.symbol == symbol][-1]
        assert (quotes[symbol].last_price, quotes[symbol].ts_event) == (last.price, last.ts_event)
    assert live.stop() == 0, live.text()[-3000:]


@on_sqlite
async def test_a_tick_whose_output_cannot_be_published_becomes_a_dead_letter_without_effect(
    stage: Stage, symbols: list[str]
) -> None:
    """Its source is copied into the quote, which is then larger than its topic allows: that comes out when the quote is sent."""
    await stage.list_instruments(listed(symbols))
    log = tape(symbols, 1, heartbeat_rounds=60)
    half = len(log) // 2
    before = next(event for event in reversed(log[:half]) if isinstance(event, Tick) and event.symbol == symbols[0])
    poison = replace(before, source="x" * 1_047_500, seq=before.seq + 1, ts_event=before.ts_event + 1, price=before.price * 1.001)
    live = stage.start("one")
    await stage.feed(log[:half])
    await stage.raw(wire.encode(poison), symbols[0])
    await stage.feed(log[half:])
    await settled(stage, live)
    await compare(stage, symbols, log, repeats=True)
    letters = [letter for letter in await stage.messages(TICKS.dead_letters) if letter.key == symbols[0].encode()]
    assert [letter.value for letter in letters] == [wire.encode(poison)]
    assert live.stop() == 0, live.text()[-3000:]


@on_mariadb
async def test_two_share_the_partitions_and_one_stops(stage: Stage, symbols: list[str]) -> None:
    await stage.list_instruments(listed(symbols))
    log = tape(symbols, 3, heartbeat_rounds=60)
    third = len(log) // 3
    one, two = stage.start("one"), stage.start("two")
    await stage.feed(log[:third])
    await settled(stage, one, two)
    await stage.feed(log[third : third + 400])
    assert one.stop() == 0, one.text()[-3000:]
    await stage.feed(log[third + 400 :])
    await settled(stage, two)
    await compare(stage, symbols, log, repeats=True)
    assert two.stop() == 0


@on_both_when_thorough
async def test_history_is_applied_at_its_place_in_the_log(stage: Stage, symbols: list[str]) -> None:
    await stage.list_instruments(listed(symbols))
    symbol, times = symbols[0], hours("NYSE")
    days = [
        ProviderBar(
            ts_open=int(times.open[i]), ts_close=int(times.close[i]), open=100.0, high=110.0, low=90.0, close=100.0 + i, volume=5.0
        )
        for i in range(20)
    ]
    now = days[-1].ts_close
    message = History(
        symbol=symbol,
        exchange="NYSE",
        timeframe=Timeframe.D1,
        bars=tuple(days),
        ts_event=now,
        ts_init=now,
        source="test",
        replayed=True,
    )
    async with open_producer(MeshSettings(kafka_bootstrap=stage.bootstrap), "test") as producer:
        where = await producer.publish(HISTORY, message, key=symbol)
        other = await producer.publish(HISTORY, message, key=symbol)
    there = HistoryReady(symbol=symbol, ts_event=now, ts_init=now, source="test", first=where.offset, last=other.offset)
    gone = HistoryReady(symbol=symbol, ts_event=now, ts_init=now, source="test", first=10**7, last=10**7 + 1)
    opened = int(times.open[20])
    tick = Tick(symbol=symbol, price=121.0, ts_event=opened, ts_init=opened, source="test", seq=1, replayed=True)
    end = Heartbeat(exchange="NYSE", ts_event=int(times.close[20]), ts_init=int(times.close[20]), source="test")
    live = stage.start("one")
    await stage.feed([there, gone, tick, end])
    await settled(stage, live)
    found = [row for row in await stage.read(INDICATORS) if row.symbol == symbol and row.timeframe is Timeframe.D1]
    assert [row.values["sma_20"] for row in found[-2:]] == [109.5, pytest.approx((sum(range(101, 120)) + 121) / 20)]
    fired = {signal.rule for signal in await stage.read(SIGNALS) if signal.symbol == symbol}
    assert "sma_breakout_up" not in fired  # already above it
    async with open_database(stage.database_url) as database:
        kept = await rows(database, select(bars.c.close).where((bars.c.symbol == symbol) & (bars.c.timeframe == "1d")))
    assert [row[0] for row in kept] == [100.0 + i for i in range(20)] + [121.0]
    assert "the stored bars are used" in live.text()
    assert live.stop() == 0


@on_both_when_thorough
async def test_pending_bars_wait_for_the_published_split_across_a_restart(stage: Stage, symbols: list[str]) -> None:
    await stage.list_instruments(listed(symbols))
    symbol, times = symbols[0], hours("NYSE")

    def past(split: float) -> History:
        days = [
            ProviderBar(
                ts_open=int(times.open[i]), ts_close=int(times.close[i]), open=100.0, high=101.5, low=99.0, close=100.0 + i % 2,
                volume=5.0, price_factor=split, split_factor=split,
            )
            for i in range(20)
        ]  # fmt: skip
        actions = (CorporateAction(kind="split", ts_event=opened, value=1 / split),) if split != 1.0 else ()
        now = days[-1].ts_close
        return History(
            symbol=symbol, exchange="NYSE", timeframe=Timeframe.D1, bars=tuple(days), ts_event=now, ts_init=now, source="test",
            actions=actions,
        )  # fmt: skip

    async def publish_history(split: float) -> HistoryReady:
        async with open_producer(MeshSettings(kafka_bootstrap=stage.bootstrap), "test") as producer:
            where = await producer.publish(HISTORY, past(split), key=symbol)
        about = past(split)
        return HistoryReady(
            symbol=symbol, ts_event=about.ts_event, ts_init=about.ts_init, source="test", first=where.offset, last=where.offset
        )

    opened, closes = int(times.open[20]), int(times.close[20])
    ticks = [
        Tick(symbol=symbol, price=50.0 + i % 7 / 10, ts_event=ts, ts_init=ts, source="test", seq=i + 1, size=1.0)
        for i, ts in enumerate(range(opened, opened + 780 * 30_000, 30_000))
    ]
    end = Heartbeat(exchange="NYSE", ts_event=closes, ts_init=closes, source="test", mark="session_close")

    async def built() -> list[tuple[str, int, float, float]]:
        c = bars.c
        async with open_database(stage.database_url) as database:
            found = select(c.timeframe, c.ts_close, c.close, c.split_factor).where((c.symbol == symbol) & (c.ts_close > opened))
            return [tuple(row) for row in await rows(database, found)]

    one = stage.start("one")
    await stage.feed([await publish_history(1.0), *ticks[:120]])
    await settled(stage, one)
    assert one.stop() == 0
    assert await built() == [], "pending bars are not published"
    two = stage.start("two")
    await stage.feed(ticks[120:240])
    await settled(stage, two)
    assert await built() == []
    await stage.feed([await publish_history(0.5), *ticks[240:], end])
    await settled(stage, two)
    assert two.stop() == 0, two.text()[-3000:]
    found = await built()
    assert len([row for row in found if row[0] == "1m"]) == 390
    assert {row[0] for row in found} == {"1m", "5m", "15m", "30m", "1h", "4h", "1d"}
    assert {row[3] for row in found} == {1.0}
    published = [bar for bar in await stage.read(BARS) if bar.symbol == symbol and bar.ts_event > opened]
    assert sorted((str(bar.timeframe), bar.ts_event) for bar in published) == sorted(row[:2] for row in found)
    events = [event for event in await stage.read(QUARANTINE) if event.symbol == symbol]
    assert [(event.reason, event.outcome) for event in events] == [("split", "quarantined"), ("split", "released")]
    fired = {signal.rule for signal in await stage.read(SIGNALS) if signal.symbol == symbol}
    assert not fired & {"gap", "price_move", "prev_low_break"}
    async with open_database(stage.database_url) as database:
        days = select(bars.c.close, bars.c.split_factor).where((bars.c.symbol == symbol) & (bars.c.timeframe == "1d"))
        kept = await rows(database, days.order_by(bars.c.ts_close))
    assert [tuple(row) for row in kept[:-1]] == [(100.0 + i % 2, 0.5) for i in range(20)], "raw as it was, with its factor"


@on_sqlite
async def test_poison_becomes_a_dead_letter_and_unknown_symbols_become_known(stage: Stage, symbols: list[str]) -> None:
    await stage.list_instruments(listed(symbols[:1]))
    live = stage.start("one")
    log = tape(symbols[:2], 1, heartbeat_rounds=60)
    await stage.feed(log[:100])
    for body in (b"", b"{", b'{"type":"tick"}', b'{"type":"tick",\n"symbol":"X"}', b"\xff\xfe", b'{"type":"surprise"}'):
        await stage.raw(body, symbols[0])
    absurd = HistoryReady(symbol=symbols[0], ts_event=1, ts_init=1, source="test", first=5, last=2)
    await stage.feed([absurd])
    await settled(stage, live)
    dead = [message for message in await stage.messages(TICKS.dead_letters) if message.key == symbols[0].encode()]
    assert len(dead) == 7
    await stage.list_instruments(listed(symbols))  # a new instrument, while the process runs
    opened = int(hours("NYSE").open[0])

    async def known() -> bool:
        tick = Tick(symbol=symbols[1], price=100.0, ts_event=opened, ts_init=opened, source="test")
        await stage.feed([tick])
        return any(quote.symbol == symbols[1] for quote in await stage.read(QUOTES))

    await until(known, 60)
    await stage.feed(log[100:])
    await settled(stage, live)
    built = {bar.symbol for bar in await stage.read(BARS)} & set(symbols)
    assert built == set(symbols[:2])
    assert live.stop() == 0


@on_both_when_thorough
async def test_a_lost_checkpoint_is_rebuilt_with_a_warning_and_later_signals_are_equal(
    fresh_stage: Stage, symbols: list[str]
) -> None:
    stage = fresh_stage
    await stage.list_instruments(listed(symbols))
    log = tape(symbols, 3, heartbeat_rounds=60)
    half = len(log) // 2
    live = stage.start("one")
    await stage.feed(log[:half])
    await settled(stage, live)
    assert live.stop() == 0
    async with open_database(stage.database_url) as database, database.begin() as connection:
        lost = partition_of(symbols[0], TICKS.partitions)
        await connection.execute(delete(checkpoints).where(checkpoints.c.partition_no == lost))
        await connection.execute(checkpoints.update().values(state_version="of-yesterday"))
    again = stage.start("two")
    await stage.feed(log[half:])
    await settled(stage, again)
    assert again.stop() == 0
    text = again.text()
    assert "rebuilt from stored bars" in text
    assert '"reason":"version"' in text
    assert '"reason":"none"' in text
    due = engine_of(symbols).apply(log)
    got = {signal.id for signal in await stage.read(SIGNALS) if signal.symbol in symbols}
    assert got == {signal.id for signal in due.signals}
