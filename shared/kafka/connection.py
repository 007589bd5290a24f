"""The settings of every Kafka client in the mesh, and what its errors mean. aiokafka's own defaults are wrong on most of these."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from aiokafka.errors import (
    CorruptRecordException,
    IllegalStateError,
    InvalidMessageError,
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
)

from shared.failures import PoisonError, TransientError
from shared.settings import MeshSettings

REQUEST_MS: Final = 30_000
"""How long a record may wait for its acknowledgement before aiokafka gives it up; longer than a broker needs to restart."""
ACK_SECONDS: Final = 45.0
"""Our own limit around it: its futures have been seen to hang while a broker is down."""
START_SECONDS: Final = 30.0
JOIN_SECONDS: Final = 150.0
"""A start in a group waits for the rebalance: a member that died holds it up for its session, and then for the rebalance limit."""
STOP_SECONDS: Final = 10.0
QUERY_SECONDS: Final = 15.0
"""For questions about offsets."""
POLL_MS: Final = 200


def client_id(settings: MeshSettings, name: str) -> str:
    """How the broker's logs and quotas know this process."""
    return f"{name}-{settings.instance or f'{socket.gethostname()}-{os.getpid()}'}"


def producer_options(settings: MeshSettings, name: str) -> dict[str, Any]:
    """Idempotent, acknowledged by all in-sync replicas, big compressed batches."""
    return {
        "bootstrap_servers": settings.kafka_bootstrap,
        "client_id": client_id(settings, name),
        "acks": "all",
        "enable_idempotence": True,
        "compression_type": "zstd",
        "max_batch_size": 262_144,
        "max_request_size": 2_097_152,  # a dead letter is as large as its original, and its headers come on top
        "request_timeout_ms": REQUEST_MS,
    }


def consumer_options(settings: MeshSettings, name: str, group: str | None) -> dict[str, Any]:
    """No automatic commit; from the oldest message where there is no position; patient with sessions."""
    return {
        "bootstrap_servers": settings.kafka_bootstrap,
        "client_id": client_id(settings, name),
        "group_id": group,
        "enable_auto_commit": False,
        "auto_offset_reset": "earliest",
        "session_timeout_ms": settings.kafka_session_ms,
        "heartbeat_interval_ms": min(3_000, settings.kafka_session_ms // 4),
        "rebalance_timeout_ms": 60_000,
        "max_poll_interval_ms": 300_000,
        "request_timeout_ms": 40_000,
        "max_partition_fetch_bytes": 2_097_152,
    }


@contextmanager
def kafka_errors(doing: str) -> Iterator[None]:
    """What aiokafka raises, in the words of ``shared.failures``: too large or corrupt is poison, the rest is not now.

    A CancelledError that was not meant for this task is aiokafka's own: it cancels futures that are waited for.
    """
    try:
        yield
    except asyncio.CancelledError as error:
        if (task := asyncio.current_task()) is None or task.cancelling():
            raise
        raise TransientError(f"{doing}: the client has cancelled it") from error
    except (MessageSizeTooLargeError, RecordListTooLargeError, InvalidMessageError, CorruptRecordException) as error:
        raise PoisonError(f"{doing}: {type(error).__name__}: {error}") from error
    except IllegalStateError as error:
        raise TransientError(f"{doing}: the assignment changed: {error}") from error
    except (KafkaError, TimeoutError, OSError) as error:
        raise TransientError(f"{doing}: {type(error).__name__}: {error}") from error


async def start(client: Any, doing: str, seconds: float = START_SECONDS) -> None:
    """Start an aiokafka client, or raise TransientError and leave nothing behind."""
    try:
        with kafka_errors(doing):
            async with asyncio.timeout(seconds):
                await client.start()
    except BaseException:
        await stop(client)
        raise


async def stop(client: Any) -> None:
    """Stop an aiokafka client; one that hangs is left behind after a while."""
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await client.stop()
    except asyncio.CancelledError:
        if (task := asyncio.current_task()) is not None and task.cancelling():
            raise  # else it is aiokafka's own: it awaits a task of its own that it cancelled before the first step
    except (KafkaError, TimeoutError, OSError):
        if (inner := getattr(client, "client", None)) is not None:  # a producer that cannot flush still holds its sockets
            await inner.close()
