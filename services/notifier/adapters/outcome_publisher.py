"""Publishes outcomes on ``notify.deliveries.v1``."""

from __future__ import annotations

from collections.abc import Sequence

from shared.events import Delivery
from shared.kafka import Producer
from shared.topics import DELIVERIES


class KafkaOutcomePublisher:
    """``OutcomePublisher`` on Kafka."""

    def __init__(self, producer: Producer) -> None:
        self._producer = producer

    async def publish(self, events: Sequence[Delivery]) -> None:
        await self._producer.publish_many(DELIVERIES, [(event.signal_id, event) for event in events])
