"""A gateway on a real port with a real database and without Kafka: tests put events into its memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.gateway.adapters.event_feed import EventFeed
from services.gateway.adapters.history import open_history
from services.gateway.app import serve, wire
from services.gateway.domain.audit import AuditEntry
from services.gateway.domain.key_models import KeyRequest, new_key
from services.gateway.domain.keys import Scope, hash_of, key_text, new_id, new_secret
from services.gateway.handlers.application import OpenStreams, application
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.sending import Flusher
from services.gateway.handlers.server_sent_events import EventStreams
from services.gateway.handlers.web_sockets import WebSocketStreams
from services.gateway.settings import Settings
from shared import tables
from shared.db import Database, open_database
from tests.databases import empty_database


@dataclass
class RunningGateway:
    """A listening gateway and its parts."""

    gateway: Gateway
    feed: EventFeed
    database: Database
    url: str
    streams: OpenStreams


@asynccontextmanager
async def running_gateway(folder: Path, *, url: str = "", **settings: Any) -> AsyncIterator[RunningGateway]:
    """Start a gateway on an empty database in ``folder`` (or at ``url``) and stop it at the end."""
    file = folder / "gateway.db"
    if not url and not file.exists():
        file.write_bytes(empty_database())
    options = Settings(database_url=url or f"sqlite+aiosqlite:///{file}", **({"port": 0} | settings))
    async with open_database(options.database_url) as database, open_history(database) as history:
        if url:
            async with database.engine.begin() as connection:
                await connection.run_sync(tables.metadata.create_all)
        gateway = wire(options, history)
        flusher, test_flusher = Flusher(gateway.hub, options.flush_seconds), Flusher(gateway.test_hub, options.flush_seconds)
        live, test = (
            WebSocketStreams(options, hub, each, gateway.authentication, gateway.clock)
            for hub, each in ((gateway.hub, flusher), (gateway.test_hub, test_flusher))
        )
        streams = OpenStreams(live, test, EventStreams(live))
        live.restored.set()
        test.restored.set()
        stopped = asyncio.Event()
        async with serve(application(gateway, streams), streams, options) as port:
            tasks = [asyncio.create_task(f.run(stopped.is_set)) for f in (flusher, test_flusher)]
            feed = EventFeed(gateway.market, gateway.hub, live=lambda: True)
            yield RunningGateway(gateway, feed, database, f"http://127.0.0.1:{port}", streams)
        stopped.set()
        await asyncio.gather(*tasks)


async def create_key(server: RunningGateway, *scopes: Scope, owner: str = "kim", **more: Any) -> str:
    """Store a key with these scopes; returns what its client sends."""
    key_id, secret = new_id(), new_secret()
    request = KeyRequest(name="test", owner=owner, scopes=list(scopes), **more)
    key = new_key(request, key_id, hash_of(secret), server.gateway.clock())
    audit = AuditEntry(at=key.created_at, actor="command", address="", action="key.create", target=key_id)
    await server.gateway.keys.create(key, audit)
    return key_text(key_id, secret)


async def read_directory(server: RunningGateway) -> None:
    """Make the gateway read its instruments now."""
    async with open_history(server.database) as history:
        server.gateway.directory = await history.directory(1)
