"""A provider that cannot be read: the status and the page say what, since when, and when it is tried again."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import insert

from services.gateway.adapters.history import open_history
from services.gateway.domain.sources import STALE_MS, StoredHealth
from shared import tables
from tests.gateway import market
from tests.gateway.browsing import visit
from tests.gateway.running import Running, read_directory, running

LOOK = "document.dispatchEvent(new Event('visibilitychange'))"
STREAMER, CHARTS = "streamer.finance.yahoo.com", "query2.finance.yahoo.com"


def row(source: str, state: str = "failing", reason: str = "unreachable", **more: object) -> dict[str, object]:
    """A source that ingest reported now."""
    now = time.time_ns() // 1_000_000
    fails = state == "failing"
    fields = {
        "source": source,
        "target": STREAMER if source == "yahoo-stream" else CHARTS,
        "state": state,
        "reason": reason if fails else "",
        "detail": "the name cannot be resolved (DNS)" if fails else "",
        "since": now - 3_600_000 if fails else None,
        "retry_at": now + 45_000 if fails else None,
        "updated_at": now,
    }
    return fields | more


async def report(up: Running, *rows: dict[str, object]) -> None:
    """Let ingest write these rows and the gateway read them."""
    async with up.database.begin() as connection:
        await connection.execute(tables.sources.delete())
        await connection.execute(insert(tables.sources), rows)
    async with open_history(up.database) as history:
        up.gateway.sources = await history.sources()


@pytest.fixture
async def fresh(built: Path, tmp_path: Path) -> AsyncIterator[Running]:
    """A gateway that knows its instruments and no prices yet."""
    async with running(tmp_path, page=built) as gateway:
        await market.store(gateway.database)
        await read_directory(gateway)
        yield gateway


@pytest.mark.browser
async def test_the_page_says_what_cannot_be_reached_until_it_can(browser: Browser, fresh: Running) -> None:
    up = fresh
    await report(up, row("yahoo-stream"), row("yahoo-poll", "idle"), row("yahoo-history", reason="rate_limited"))
    seen = await visit(browser, up)
    page = seen.page
    await expect(page.locator(".link")).to_have_text("No prices: the provider cannot be read")
    outage = page.locator(".outage span")
    await expect(outage).to_have_count(2)
    stream = page.locator(".outage span", has_text="Yahoo price stream")
    since = time.strftime("%H:%M", time.localtime(time.time() - 3600))
    await expect(stream).to_contain_text(f"Yahoo price stream ({STREAMER}) cannot be reached since ")
    await expect(stream).to_contain_text(since[:2])
    await expect(stream).to_contain_text("next try at ")
    await expect(stream).to_have_attribute("title", "the name cannot be resolved (DNS)")
    await expect(page.locator(".outage")).to_contain_text(
        "Yahoo price history (query2.finance.yahoo.com) is refused (too many requests) since "
    )
    await expect(page.locator(".row")).to_have_count(6)
    price = page.locator(".row", has_text="Apple").locator(".price")
    await expect(price).to_have_text("–")
    assert "cannot be reached" in (await price.get_attribute("title") or "")
    await expect(page.locator(".note")).to_contain_text("is refused (too many requests)")
    await page.get_by_role("button", name="한국어").click()
    await expect(page.locator(".link")).to_have_text("시세 없음: 제공처를 읽을 수 없습니다")
    await expect(page.locator(".outage")).to_contain_text("연결할 수 없습니다")
    assert "아직 시세가 없습니다" in (await page.locator(".row", has_text="애플").locator(".price").get_attribute("title") or "")
    await page.get_by_role("button", name="English").click()
    await report(up, row("yahoo-stream", "ok"), row("yahoo-poll", "idle"), row("yahoo-history", "ok"))
    await page.evaluate(LOOK)
    await expect(page.locator(".outage")).to_be_hidden()
    await expect(page.locator(".link")).to_have_text("Connected, no prices yet")
    up.feed.take(market.quote("AAPL", 7, replayed=False, source="yahoo-stream"))
    await expect(page.locator(".link")).to_have_text("Live")
    await expect(price).to_have_text(f"{market.quote('AAPL', 7).last_price:,.2f}")
    assert await price.get_attribute("title") is None
    assert seen.errors == []


@pytest.mark.browser
async def test_a_dead_ingest_is_not_taken_for_a_healthy_one(browser: Browser, fresh: Running) -> None:
    old = time.time_ns() // 1_000_000 - STALE_MS - 1000
    await report(fresh, row("yahoo-stream", "ok", updated_at=old), row("yahoo-poll", "ok", updated_at=old))
    seen = await visit(browser, fresh)
    await expect(seen.page.locator(".link")).to_have_text("Whether prices come is not known")
    await expect(seen.page.locator(".outage")).to_contain_text("Yahoo price stream: not known; ingest has not reported since")


async def test_the_status_tells_sources_apart_and_grows_old(fresh: Running) -> None:
    now = fresh.gateway.clock()
    await report(
        fresh, row("yahoo-poll", "idle", updated_at=now - STALE_MS), row("yahoo-stream", since=now, retry_at=now, updated_at=now)
    )
    async with aiohttp.ClientSession(fresh.url) as client, client.get("/v1/status") as response:
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


def test_a_row_is_what_ingest_writes() -> None:
    names = {column.name for column in tables.sources.columns}
    assert names == set(StoredHealth.__struct_fields__)
