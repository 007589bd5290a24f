"""Whether a cluster answers, checked with a Kafka request and not only an open port."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from infra.kafka.errors import BrokerError


@asynccontextmanager
async def open_admin(bootstrap: str, seconds: float = 15) -> AsyncIterator[AIOKafkaAdminClient]:
    """A connected admin client.

    Raises:
        BrokerError: no broker answers at ``bootstrap``.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=int(seconds * 1000), client_id="finstage-infra")
    try:
        try:
            await asyncio.wait_for(admin.start(), seconds)
        except (KafkaError, OSError, TimeoutError) as error:
            raise BrokerError(
                f"No Kafka answers at {bootstrap} ({error!r}). Is it started? python -m infra.kafka status"
            ) from error
        yield admin
    finally:
        await asyncio.wait_for(admin.close(), 5)


async def brokers(bootstrap: str, seconds: float = 2) -> int:
    """Number of brokers in the cluster at ``bootstrap``; 0 while none answers or there is no controller."""
    try:
        host, _, port = bootstrap.split(",", maxsplit=1)[0].rpartition(":")
        # test the port first, because the client logs each refused connection
        _, writer = await asyncio.wait_for(asyncio.open_connection(host, int(port)), seconds)
        writer.close()
        async with open_admin(bootstrap, seconds) as admin:
            cluster = await asyncio.wait_for(admin.describe_cluster(), seconds)
    except (BrokerError, KafkaError, OSError, TimeoutError):
        return 0
    return len(cluster["brokers"]) if cluster["controller_id"] >= 0 else 0


async def wait_ready(bootstrap: str, count: int = 1, seconds: float = 60, alive: Callable[[], bool] = lambda: True) -> None:
    """Return once the cluster has ``count`` brokers.

    Raises:
        BrokerError: not within ``seconds``, or ``alive`` returns False.
    """
    deadline = time.monotonic() + seconds
    while await brokers(bootstrap) < count:
        if not alive():
            raise BrokerError(f"The broker for {bootstrap} exited while it started")
        if time.monotonic() > deadline:
            raise BrokerError(f"Kafka at {bootstrap} is not ready after {seconds:.0f} s")
        await asyncio.sleep(0.1)
