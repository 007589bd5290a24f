from __future__ import annotations

import asyncio

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError

from infra.kafka.cluster import Cluster
from infra.kafka.ready import open_admin
from infra.kafka.topics import make_topics
from shared.topics import TICKS

RECORDS = 1500


@pytest.mark.thorough
@pytest.mark.kill
async def test_a_cluster_survives_a_killed_node(kafka_cluster: Cluster) -> None:
    """Every acknowledged record is there, once and in order, though a node dies while they are written."""
    await make_topics(kafka_cluster.bootstrap, [TICKS])
    async with open_admin(kafka_cluster.bootstrap) as admin:
        (described,) = await admin.describe_topics([TICKS.name])
    assert {len(partition["replicas"]) for partition in described["partitions"]} == {3}
    leader = next(p["leader"] for p in described["partitions"] if p["partition"] == 0)

    producer = AIOKafkaProducer(
        bootstrap_servers=kafka_cluster.bootstrap,
        acks="all",
        enable_idempotence=True,
        request_timeout_ms=30000,
        retry_backoff_ms=100,
    )
    await producer.start()
    try:
        for number in range(RECORDS):
            if number == RECORDS // 3:
                kafka_cluster.kill(leader)
            await _send(producer, number)
    finally:
        await asyncio.wait_for(producer.stop(), 20)
    assert await _read(kafka_cluster.bootstrap) == list(range(RECORDS))
    kafka_cluster.restart(leader)
    await kafka_cluster.wait_ready()


async def _send(producer: AIOKafkaProducer, number: int) -> None:
    """Send until it is acknowledged."""
    async with asyncio.timeout(60):
        while True:
            try:
                await producer.send_and_wait(TICKS.name, str(number).encode(), partition=0)
            except KafkaError as error:
                if not error.retriable:
                    raise
            else:
                return


async def _read(bootstrap: str) -> list[int]:
    consumer = AIOKafkaConsumer(TICKS.name, bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        async with asyncio.timeout(60):
            return [int((await consumer.getone()).value or b"") for _ in range(RECORDS)]
    finally:
        await consumer.stop()
