"""A gateway with data of a small market, and a client for it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
import uvloop
from playwright.async_api import Browser

from infra.local.web_page import build_page
from tests.gateway import market
from tests.gateway.browsing import BRIEF, chromium
from tests.gateway.running_gateway import RunningGateway, read_directory, running_gateway

ROOT = Path(__file__).parents[2]


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The event loop of the gateway: uvloop's transports differ from asyncio's."""
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture(scope="session")
def _stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the database of ``server`` has at its start: written once, copied for each test."""
    file = tmp_path_factory.mktemp("stored") / "gateway.db"
    market.write_stored(file, bars=600, signals=30)
    return file


@pytest.fixture
async def server(tmp_path: Path, _stored: Path) -> AsyncIterator[RunningGateway]:
    """300 daily bars of AAPL and NVDA in memory, 600 of AAPL and 30 signals in the database."""
    market.write_backtest(tmp_path / "research")
    shutil.copy(_stored, tmp_path / "gateway.db")
    async with running_gateway(tmp_path, research_artefacts=str(tmp_path / "research")) as gateway:
        await read_directory(gateway)
        market.refill(gateway.gateway.market)
        yield gateway


@pytest.fixture
async def client(server: RunningGateway) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(server.url) as session:
        yield session


@pytest.fixture(scope="session")
def built() -> Path:
    """The page, built from its present sources."""
    build_page(print)
    return ROOT / "services" / "gateway" / "page" / "dist"


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One browser for all tests that need one; each opens contexts of its own."""
    async with chromium(*BRIEF) as found:
        yield found
