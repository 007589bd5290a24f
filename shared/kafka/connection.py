"""Options of every Kafka client in the mesh, and the translation of aiokafka's errors into those of ``shared.failures``."""

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
"""aiokafka fails a record that is not acknowledged for this long; longer than a broker needs to restart."""
ACK_SECONDS: Final = 45.0
"""A second limit around it: aiokafka's futures can hang while a broker is down."""
START_SECONDS: Final = 30.0
JOIN_SECONDS: Final = 150.0
"""Joining a group waits for the rebalance: a member that died delays it by its session timeout and then the rebalance timeout."""
STOP_SECONDS: Final = 10.0
QUERY_SECONDS: Final = 15.0
"""Limit of a request for offsets or a commit."""
POLL_MS: Final = 200


def client_id(settings: MeshSettings, name: str) -> str:
    """The name of this process in the broker's logs and quotas."""
    return f"{name}-{settings.instance or f'{socket.gethostname()}-{os.getpid()}'}"


def producer_options(settings: MeshSettings, name: str, *, compresses: bool = True) -> dict[str, Any]:
    """Idempotent, acknowledged by all in-sync replicas, large batches, compressed in the event loop if ``compresses``."""
    return {
        "bootstrap_servers": settings.kafka_bootstrap,
        "client_id": client_id(settings, name),
        "acks": "all",
        "enable_idempotence": True,
        "compression_type": "zstd" if compresses else None,
        "max_batch_size": 262_144,
        "max_request_size": 2_097_152,  # a dead letter is as large as its original, and its headers come on top
        "request_timeout_ms": REQUEST_MS,
    }


def consumer_options(settings: MeshSettings, name: str, group: str | None) -> dict[str, Any]:
    """No automatic commit; starts at the oldest message where no offset is committed; long session timeouts."""
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
def kafka_errors(action: str) -> Iterator[None]:
    """Raise PoisonError for messages that are too large or corrupt, TransientError for all other errors of aiokafka.

    aiokafka cancels futures that are awaited: a CancelledError while this task is not being cancelled is transient too.
    """
    try:
        yield
    except asyncio.CancelledError as error:
        if (task := asyncio.current_task()) is None or task.cancelling():
            raise
        raise TransientError(f"{action}: cancelled by the client") from error
    except (MessageSizeTooLargeError, RecordListTooLargeError, InvalidMessageError, CorruptRecordException) as error:
        raise PoisonError(f"{action}: {type(error).__name__}: {error}") from error
    except IllegalStateError as error:
        raise TransientError(f"{action}: the assignment changed: {error}") from error
    except (KafkaError, TimeoutError, OSError) as error:
        raise TransientError(f"{action}: {type(error).__name__}: {error}") from error


async def start(client: Any, action: str, seconds: float = START_SECONDS) -> None:
    """Start an aiokafka client; when that fails, close it and raise TransientError."""
    try:
        with kafka_errors(action):
            async with asyncio.timeout(seconds):
                await client.start()
    except BaseException:
        await stop(client)
        raise


async def stop(client: Any) -> None:
    """Stop an aiokafka client; one that does not stop within ``STOP_SECONDS`` is abandoned."""
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await client.stop()
    except asyncio.CancelledError:
        if (task := asyncio.current_task()) is not None and task.cancelling():
            raise  # otherwise aiokafka raised it: it awaits a task that it cancelled before the task's first step
    except (KafkaError, TimeoutError, OSError):
        if (inner := getattr(client, "client", None)) is not None:  # a producer that cannot flush keeps its sockets open
            await inner.close()
