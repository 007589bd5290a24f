"""Settings for the shared broker, and topics that one test alone uses."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from shared.events import TickLog
from shared.settings import MeshSettings
from shared.topics import TICKS, Topic
from tests.servers import Broker

MakeTopic = Callable[..., Awaitable[Topic[TickLog]]]


@pytest.fixture
def settings(kafka: Broker) -> MeshSettings:
    return MeshSettings(kafka_bootstrap=kafka.bootstrap, kafka_session_ms=6000, _env_file=None)


@pytest.fixture
def make_topic(kafka: Broker) -> MakeTopic:
    """``await make_topic(partitions)``: a topic like market.ticks.v1 with its dead letters, of this test alone."""

    async def make(partitions: int = 3, **config: str) -> Topic[TickLog]:
        name = f"test.{uuid.uuid4().hex[:12]}"
        topic = Topic(name, TICKS.types, "symbol", "of a test", ("test",), partitions=partitions)
        admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
        await admin.start()
        try:
            await admin.create_topics(
                [NewTopic(name, partitions, 1, topic_configs=config), NewTopic(topic.dead_letters.name, partitions, 1)]
            )
        finally:
            await admin.close()
        return topic

    return make
