"""A gateway on a real port without Kafka: its memory is filled by hand, its database is real."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.gateway.adapters.feed import Feed
from services.gateway.adapters.history import open_history
from services.gateway.app import serve, wire
from services.gateway.handlers.application import Doors, application
from services.gateway.handlers.events import EventStreams
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.sending import Flusher
from services.gateway.handlers.stream import Streams
from services.gateway.settings import Settings
from shared import tables
from shared.db import Database, open_database


@dataclass
class Running:
    """A gateway that listens."""

    gateway: Gateway
    feed: Feed
    database: Database
    url: str
    doors: Doors


@asynccontextmanager
async def running(folder: Path, *, url: str = "", **settings: Any) -> AsyncIterator[Running]:
    """Start one on an empty database in ``folder`` (or at ``url``) and stop it at the end."""
    wanted = Settings(database_url=url or f"sqlite+aiosqlite:///{folder}/gateway.db", **({"port": 0} | settings))
    async with open_database(wanted.database_url) as database, open_history(database) as history:
        async with database.engine.begin() as connection:
            await connection.run_sync(tables.metadata.create_all)
        gateway = wire(wanted, history)
        flusher, test_flusher = Flusher(gateway.hub, wanted.flush_seconds), Flusher(gateway.test_hub, wanted.flush_seconds)
        live, test = Streams(wanted, gateway.hub, flusher), Streams(wanted, gateway.test_hub, test_flusher)
        doors = Doors(live, test, EventStreams(live))
        stopped = asyncio.Event()
        async with serve(application(gateway, doors), doors, wanted) as port:
            tasks = [asyncio.create_task(f.run(stopped.is_set)) for f in (flusher, test_flusher)]
            feed = Feed(gateway.market, gateway.hub, live=lambda: True)
            yield Running(gateway, feed, database, f"http://127.0.0.1:{port}", doors)
        stopped.set()
        await asyncio.gather(*tasks)


async def read_directory(up: Running) -> None:
    """Let the gateway read its instruments now."""
    async with open_history(up.database) as history:
        up.gateway.directory = await history.directory(1)
