"""Which consumer groups have members, and the offsets that they have committed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final, NamedTuple

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import for_code

from shared.kafka.connection import START_SECONDS, client_id, kafka_errors
from shared.settings import MeshSettings

GROUP_SECONDS: Final = 5.0
"""Limit of one read of all groups."""


class ConsumerGroup(NamedTuple):
    """A consumer group as the broker describes it."""

    members: int
    """Consumers that have joined and that the broker has not given up: a killed one counts until its session times out."""
    committed: Mapping[TopicPartition, int]
    """The next offset to read, of the partitions for which one is committed."""

    def of_topic(self, topic: str) -> dict[int, int]:
        """The committed offsets of a topic, by partition."""
        return {each.partition: offset for each, offset in self.committed.items() if each.topic == topic}


class GroupReader:
    """Reads the state of consumer groups."""

    def __init__(self, admin: AIOKafkaAdminClient, seconds: float) -> None:
        self._admin = admin
        self._seconds = seconds

    async def read(self, groups: Collection[str]) -> Mapping[str, ConsumerGroup]:
        """The groups that the broker knows, by name. Raises TransientError: it does not answer in time."""
        with kafka_errors("read consumer groups"):
            async with asyncio.timeout(self._seconds):
                found = {name: await self._group(name) for name in groups}
        return {name: group for name, group in found.items() if group is not None}

    async def _group(self, name: str) -> ConsumerGroup | None:
        coordinator = await self._admin.find_coordinator(name)
        (answer,) = await self._admin.describe_consumer_groups([name], coordinator)
        error_code, _, state, _, _, members, *_ = answer.groups[0]
        if error_code:  # such as: the coordinator still loads the group, and would answer that nothing is committed
            raise for_code(error_code)(f"describe group {name}")
        if state == "Dead":  # it never existed, or its offsets have expired
            return None
        offsets = await self._admin.list_consumer_group_offsets(name, coordinator)
        return ConsumerGroup(len(members), {partition: found.offset for partition, found in offsets.items() if found.offset >= 0})


@asynccontextmanager
async def open_group_reader(settings: MeshSettings, name: str, seconds: float = GROUP_SECONDS) -> AsyncIterator[GroupReader]:
    """A reader of consumer groups; ``seconds``: time limit of each read. Raises TransientError: the broker does not answer."""
    admin: Any = AIOKafkaAdminClient(
        bootstrap_servers=settings.kafka_bootstrap, client_id=client_id(settings, name), request_timeout_ms=int(seconds * 1000)
    )
    try:
        with kafka_errors("open a reader of consumer groups"):
            async with asyncio.timeout(START_SECONDS):
                await admin.start()
        yield GroupReader(admin, seconds)
    finally:
        with kafka_errors("close the admin client"):
            await admin.close()
