from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import wire
from shared.events import Heartbeat, Tick
from shared.failures import PoisonError, TransientError
from shared.kafka import open_producer, open_range_reader, open_tail, partition_of
from shared.kafka.connection import consumer_options, producer_options
from shared.settings import MeshSettings
from shared.topics import TICKS
from tests.shared.conftest import MakeTopic


def tick(i: int, symbol: str = "AAPL") -> Tick:
    return Tick(
        symbol=symbol, price=100.0 + i, ts_event=1_700_000_000_000 + i, ts_init=1_700_000_000_000 + i, source="replay", seq=i + 1
    )


def test_default_settings() -> None:
    options = consumer_options(MeshSettings(_env_file=None), "x", "g")
    assert (options["enable_auto_commit"], options["auto_offset_reset"]) == (False, "earliest")
    assert (options["session_timeout_ms"], options["rebalance_timeout_ms"]) == (45_000, 60_000)
    options = producer_options(MeshSettings(_env_file=None), "x")
    assert (options["acks"], options["enable_idempotence"]) == ("all", True)
    assert (options["compression_type"], options["max_batch_size"]) == ("zstd", 262_144)
    assert "transactional_id" not in options


@pytest.mark.parametrize("session", [6_000, 10_000, 45_000])
def test_a_member_sends_at_least_three_heartbeats_per_session(session: int) -> None:
    options = consumer_options(MeshSettings(_env_file=None, kafka_session_ms=session), "x", "g")
    assert options["session_timeout_ms"] == session
    assert options["heartbeat_interval_ms"] < session / 3


async def test_many_events_keep_their_order_and_return_their_offsets(settings: MeshSettings, make_topic: MakeTopic) -> None:
    topic = await make_topic(4)
    events = [(f"S{i % 7}", tick(i, f"S{i % 7}")) for i in range(9000)]  # more than one batch of 256 KiB a partition
    async with open_producer(settings, "many") as producer, open_range_reader(settings, "many") as reader:
        published = await producer.publish_many(topic, events, traceparent="00-" + "a" * 32 + "-" + "b" * 16 + "-01")
        assert len(published) == len(events)
        for partition in range(4):
            mine = [(place, event) for place, event in zip(published, events, strict=True) if place.partition == partition]
            if not mine:
                continue
            assert [place.offset for place, _ in mine] == list(range(len(mine)))
            records = await reader.read(topic, partition, 0, len(mine) - 1)
            assert [(r.offset, r.key, r.event) for r in records] == [(p.offset, key, event) for p, (key, event) in mine]
            assert (records[0].traceparent or "").startswith("00-" + "a" * 32)
            assert {partition_of(r.key, 4) for r in records} == {partition}


async def test_publishing_to_one_partition_and_to_all(settings: MeshSettings, make_topic: MakeTopic) -> None:
    topic = await make_topic(3)
    async with open_producer(settings, "one") as producer, open_range_reader(settings, "one") as reader:
        place = await producer.publish(topic, tick(1), key="AAPL")
        assert place.partition == producer.partition_of(topic, "AAPL") == partition_of("AAPL", 3)
        heartbeat = Heartbeat(exchange="NYSE", ts_event=1, ts_init=1, source="replay")
        await producer.publish_everywhere(topic, heartbeat, key="NYSE")
        for partition in range(3):
            last = 1 if partition == place.partition else 0
            assert (await reader.read(topic, partition, last, last))[0].event == heartbeat


async def test_a_too_large_event_is_poison_and_the_producer_still_works(settings: MeshSettings, make_topic: MakeTopic) -> None:
    topic = await make_topic()
    large = Tick(symbol="A" * 1_100_000, price=1.0, ts_event=1, ts_init=1, source="replay")
    async with open_producer(settings, "large") as producer:
        with pytest.raises(PoisonError, match="bytes"):
            await producer.publish(topic, large, key="A")
        with pytest.raises(PoisonError, match="bytes"):
            await producer.publish_many(topic, [("A", large)])
        assert (await producer.publish(topic, tick(0), key="A")).offset == 0


async def test_a_missing_broker_is_a_transient_failure() -> None:
    nobody = MeshSettings(kafka_bootstrap="127.0.0.1:1", _env_file=None)
    with pytest.raises(TransientError):
        async with open_producer(nobody, "nobody"):
            pass
    with pytest.raises(TransientError):
        async with open_tail(nobody, {TICKS: 1}, "nobody"):
            pass


@given(st.text(max_size=20), st.integers(1, 64))
def test_partition_is_in_range_and_stable(key: str, partitions: int) -> None:
    found = partition_of(key, partitions)
    assert 0 <= found < partitions
    assert found == partition_of(key, partitions)


def test_headers_route_without_parsing() -> None:
    headers = dict(wire.headers(tick(0), "00-x"))
    assert (headers["event"], headers["version"], headers["traceparent"]) == (b"tick", b"1", b"00-x")
    assert headers["event-id"].startswith(b"tick:AAPL:replay")
