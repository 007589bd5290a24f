"""A gateway that serves the page: one for the tests of a file, with the same market at the start of each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.gateway import market
from tests.gateway.page_gateway import fresh_market, page_gateway
from tests.gateway.running_gateway import RunningGateway


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def gateway(built: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningGateway]:
    research = tmp_path_factory.mktemp("research")
    market.write_backtest(research)
    folder = tmp_path_factory.mktemp("gateway")
    async with page_gateway(folder, built, signals=30, research_artefacts=str(research)) as started:
        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def server(browser: Browser, gateway: RunningGateway) -> AsyncIterator[RunningGateway]:
    async with fresh_market(gateway, browser) as fresh:
        yield fresh
