"""Stores the origin of prices in Kafka, as metadata of a committed offset, and checks it."""

from __future__ import annotations

from services.ingest.adapters.origin_marks import remedy
from services.ingest.domain.data_origin import DataOrigin, conflict, read_origin, write_origin
from services.ingest.settings import IngestSettings
from shared.failures import SettingsError
from shared.kafka import read_label, write_label
from shared.topics import TICKS

GROUP = "ingest-source"


async def claim_kafka(settings: IngestSettings, origin: DataOrigin) -> None:
    """Verify that the tick log may hold prices of this origin, and store the origin.

    Raises:
        SettingsError: it holds prices of another origin; the message names the remedy.
        TransientError: the broker does not respond.
    """
    label = await read_label(settings, TICKS, GROUP)
    if label:
        try:
            held = read_origin(label)
        except ValueError as error:
            raise SettingsError(f"group {GROUP} of Kafka at {settings.kafka_bootstrap}: {label[:80]!r}: {error}") from error
        if reason := conflict(held, origin, f"Kafka at {settings.kafka_bootstrap}", remedy(settings)):
            raise SettingsError(reason)
    await write_label(settings, TICKS, GROUP, write_origin(origin))
