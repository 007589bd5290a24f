"""Membership of a consumer group without reading: the broker then knows that the process runs. For processes that follow a tail."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Any, Final

import structlog
from aiokafka import AIOKafkaConsumer

from shared.backoff import Backoff
from shared.failures import TransientError
from shared.kafka.assignment import Assignment, poll
from shared.kafka.connection import JOIN_SECONDS, consumer_options, start, stop
from shared.settings import MeshSettings
from shared.tasks import run_until_first
from shared.topics import Topic
from shared.waiting import pause

POLL_SECONDS: Final = 30.0
"""A member that polls more rarely than every five minutes leaves its group."""
MOST_SECONDS: Final = 30.0
"""The longest wait between two tries to join."""
log: Final = structlog.get_logger("kafka.membership")


async def stay_member(settings: MeshSettings, topic: Topic[Any], group: str, stopping: asyncio.Event) -> None:
    """Be a member of ``group``, subscribed to ``topic`` with all partitions paused, until ``stopping`` is set."""
    backoff = Backoff(Random(), maximum=MOST_SECONDS)  # noqa: S311 - jitter

    async def stopped() -> None:
        await stopping.wait()

    while not stopping.is_set():
        consumer = AIOKafkaConsumer(**consumer_options(settings, group, group))
        consumer.subscribe([topic.name], listener=Assignment(consumer, group))
        try:
            # joining waits for members that were killed, longer than a process may take to stop
            await run_until_first(f"join {group}", start(consumer, f"join group {group}", JOIN_SECONDS), stopped())
            while not stopping.is_set():
                await poll(consumer, 1)
                await pause(POLL_SECONDS, stopping)
        except TransientError as error:
            log.warning("cannot join, trying again", group=group, error=str(error))
            await pause(backoff.next(), stopping)
        finally:
            await stop(consumer)
