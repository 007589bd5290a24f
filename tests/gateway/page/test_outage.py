"""A provider that cannot be read: the status and the page show the error, its start and the time of the next try."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect
from sqlalchemy import insert

from services.gateway.adapters.history import open_history
from services.gateway.domain.source_health import STALE_MS, StoredSourceHealth
from shared import tables
from tests.gateway import market
from tests.gateway.browsing import close_contexts, visit
from tests.gateway.running_gateway import RunningGateway, read_directory, running_gateway

pytestmark = pytest.mark.asyncio(loop_scope="session")

REFRESH_STATUS = "document.dispatchEvent(new Event('visibilitychange'))"
STREAMER, CHARTS = "streamer.finance.yahoo.com", "query2.finance.yahoo.com"

NOW = time.time_ns() // 1_000_000
"""The time of the gateway and of the reports."""


def row(source: str, state: str = "failing", reason: str = "unreachable", **more: object) -> dict[str, object]:
    """A row of the table sources, reported now."""
    fails = state == "failing"
    fields = {
        "source": source,
        "target": STREAMER if source == "yahoo-stream" else CHARTS,
        "state": state,
        "reason": reason if fails else "",
        "detail": "the name cannot be resolved (DNS)" if fails else "",
        "since": NOW - 3_600_000 if fails else None,
        "retry_at": NOW + 86_400_000 if fails else None,
        "updated_at": NOW,
    }
    return fields | more


async def report(server: RunningGateway, *rows: dict[str, object]) -> None:
    """Write these rows as ingest does and make the gateway read them."""
    async with server.database.begin() as connection:
        await connection.execute(tables.sources.delete())
        await connection.execute(insert(tables.sources), rows)
    async with open_history(server.database) as history:
        server.gateway.sources = await history.sources()


@pytest_asyncio.fixture(loop_scope="session")
async def without_prices(browser: Browser, built: Path, tmp_path: Path) -> AsyncIterator[RunningGateway]:
    """A gateway with instruments and without prices. Its time stands still: no report grows old while the page opens."""
    async with running_gateway(tmp_path, page=built) as gateway:
        gateway.gateway.clock = lambda: NOW
        await market.store(gateway.database)
        await read_directory(gateway)
        yield gateway
    await close_contexts(browser)


@pytest.mark.browser
async def test_the_page_shows_an_unreachable_source_until_it_works(browser: Browser, without_prices: RunningGateway) -> None:
    server = without_prices
    await report(server, row("yahoo-stream"), row("yahoo-poll", "idle"), row("yahoo-history", reason="rate_limited"))
    visited = await visit(browser, server)
    page = visited.page
    await expect(page.locator(".link")).to_have_text("No prices: the provider cannot be read")
    outage = page.locator(".outage span")
    await expect(outage).to_have_count(2)
    stream = page.locator(".outage span", has_text="Yahoo price stream")
    since = time.strftime("%H:%M", time.localtime(NOW / 1000 - 3600))
    await expect(stream).to_contain_text(f"Yahoo price stream ({STREAMER}) cannot be reached since ")
    await expect(stream).to_contain_text(since)
    await expect(stream).to_contain_text("next try at ")
    await expect(stream).to_have_attribute("title", "the name cannot be resolved (DNS)")
    await expect(page.locator(".outage")).to_contain_text(
        "Yahoo price history (query2.finance.yahoo.com) rejects requests (too many requests) since "
    )
    await expect(page.locator(".row")).to_have_count(6)
    price = page.locator(".row", has_text="Apple").locator(".price")
    await expect(price).to_have_text("–")
    assert "cannot be reached" in (await price.get_attribute("title") or "")
    await expect(page.locator(".note")).to_contain_text("rejects requests (too many requests)")
    await page.get_by_role("button", name="한국어").click()
    await expect(page.locator(".link")).to_have_text("시세 없음: 제공처를 읽을 수 없습니다")
    await expect(page.locator(".outage")).to_contain_text("연결할 수 없습니다")
    assert "아직 시세가 없습니다" in (await page.locator(".row", has_text="애플").locator(".price").get_attribute("title") or "")
    await page.get_by_role("button", name="English").click()
    await report(server, row("yahoo-stream", "ok"), row("yahoo-poll", "idle"), row("yahoo-history", "ok"))
    await page.evaluate(REFRESH_STATUS)
    await expect(page.locator(".outage")).to_be_hidden()
    await expect(page.locator(".link")).to_have_text("Connected, no prices yet")
    server.feed.handle_event(market.quote("AAPL", 7, replayed=False, source="yahoo-stream"))
    await expect(page.locator(".link")).to_have_text("Live")
    await expect(price).to_have_text(f"{market.quote('AAPL', 7).last_price:,.2f}")
    assert await price.get_attribute("title") is None
    assert visited.errors == []


@pytest.mark.browser
async def test_old_reports_of_ingest_are_shown_as_unknown(browser: Browser, without_prices: RunningGateway) -> None:
    old = NOW - STALE_MS
    await report(without_prices, row("yahoo-stream", "ok", updated_at=old), row("yahoo-poll", "ok", updated_at=old))
    visited = await visit(browser, without_prices)
    await expect(visited.page.locator(".link")).to_have_text("It is unknown whether prices arrive")
    await expect(visited.page.locator(".outage")).to_contain_text("Yahoo price stream: unknown; ingest has not reported since")


async def test_the_status_lists_each_source_and_marks_old_reports_unknown(without_prices: RunningGateway) -> None:
    await report(without_prices, row("yahoo-poll", "idle", updated_at=NOW - STALE_MS), row("yahoo-stream", since=NOW, retry_at=NOW))
    async with aiohttp.ClientSession(without_prices.url) as client, client.get("/v1/status") as response:
        (status,) = (await response.json())["results"]
    poll, stream = status["sources"]
    assert (poll["source"], poll["state"], poll["since"]) == ("yahoo-poll", "unknown", None)
    assert (stream["source"], stream["state"], stream["reason"], stream["target"]) == (
        "yahoo-stream",
        "failing",
        "unreachable",
        STREAMER,
    )
    assert stream["since"] == stream["retry_at"] == stream["reported"]


async def test_stored_health_has_the_columns_of_the_table() -> None:
    names = {column.name for column in tables.sources.columns}
    assert names == set(StoredSourceHealth.__struct_fields__)
