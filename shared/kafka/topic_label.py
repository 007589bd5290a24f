"""A short text that labels a topic, stored as the metadata of a committed offset. The broker keeps it as long as offsets."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError
from aiokafka.structs import OffsetAndMetadata

from shared.kafka.connection import QUERY_SECONDS, client_id, consumer_options, kafka_errors, start, stop
from shared.settings import MeshSettings
from shared.topics import Topic

COORDINATOR_SECONDS: Final = 0.2
MAX_BYTES: Final = 4096
"""The broker's default limit of metadata."""


async def read_label(settings: MeshSettings, topic: Topic[Any], group: str) -> str | None:
    """The label; None: none was written. Raises TransientError."""
    admin = AIOKafkaAdminClient(
        bootstrap_servers=settings.kafka_bootstrap,
        client_id=client_id(settings, group),
        request_timeout_ms=int(QUERY_SECONDS * 1000),
    )
    partition = TopicPartition(topic.name, 0)
    try:
        with kafka_errors(f"read the label of {topic.name}"):
            async with asyncio.timeout(2 * QUERY_SECONDS):
                await admin.start()
                found = await _offsets(admin, group, partition)
    finally:
        with kafka_errors("close the admin client"):
            await admin.close()
    return found.metadata or None if found is not None else None


async def _offsets(admin: AIOKafkaAdminClient, group: str, partition: TopicPartition) -> OffsetAndMetadata | None:
    while True:
        try:
            return (await admin.list_consumer_group_offsets(group, partitions=[partition])).get(partition)
        except GroupCoordinatorNotAvailableError:  # a new broker creates the topic of offsets on first use
            await asyncio.sleep(COORDINATOR_SECONDS)


async def write_label(settings: MeshSettings, topic: Topic[Any], group: str, text: str) -> None:
    """Write or replace the label, at most ``MAX_BYTES`` of UTF-8. Raises TransientError."""
    consumer = AIOKafkaConsumer(**consumer_options(settings, group, group))
    partition = TopicPartition(topic.name, 0)
    await start(consumer, f"write the label of {topic.name}")
    try:
        consumer.assign([partition])
        with kafka_errors(f"write the label of {topic.name}"):
            async with asyncio.timeout(QUERY_SECONDS):
                await consumer.commit({partition: OffsetAndMetadata(0, text)})
    finally:
        await stop(consumer)
