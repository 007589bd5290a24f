"""A gateway that serves the page to all tests of a file, with the same market at the start of each."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser

from services.gateway.domain.hub import Subscriber
from tests.gateway import market
from tests.gateway.browsing import close_contexts
from tests.gateway.running_gateway import RunningGateway, read_directory, running_gateway
from tests.until import until


@asynccontextmanager
async def page_gateway(folder: Path, built: Path, *, signals: int = 0, **settings: Any) -> AsyncIterator[RunningGateway]:
    """A gateway with a small market in its database, for the tests of a file; ``fresh_market`` fills its memory."""
    async with running_gateway(folder, page=built, **settings) as server:
        await market.store(server.database, bars=600, signals=signals)
        await read_directory(server)
        yield server


@asynccontextmanager
async def fresh_market(server: RunningGateway, browser: Browser) -> AsyncIterator[RunningGateway]:
    """The gateway as if it had just started: 300 daily bars of AAPL and NVDA in memory. Pages are closed at the end."""
    gateway = server.gateway
    market.refill(gateway.market)
    gateway.cache.answers.clear()
    before = {each.name: getattr(gateway, each.name) for each in dataclasses.fields(gateway)}
    progress = dict(vars(gateway.progress))
    try:
        yield server
    finally:
        await close_contexts(browser)
        vars(gateway).update(before)
        vars(gateway.progress).update(progress)


async def interrupt(server: RunningGateway, closed: set[Subscriber] | None = None) -> None:
    """Close the streams and wait until a page has subscribed again: a new stream shows it, a moment without one can be missed."""
    hub = server.gateway.hub
    before = closed or set(hub.subscribers)
    await server.streams.live.close()
    await until(lambda: before.isdisjoint(hub.subscribers) and hub.is_subscribed("q"), what="subscribed again")
