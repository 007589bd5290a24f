"""What belongs to the owner of a key, on the page: alerts, their deliveries, the watchlist, the link to a chat."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect
from sqlalchemy import delete, insert, select, update

from services.gateway.domain.keys import parse_key
from shared import wire
from shared.tables import api_keys, conditions, deliveries, key_chats, watchlists
from tests.gateway import market
from tests.gateway.browsing import PHONE, visit
from tests.gateway.page_gateway import fresh_market, page_gateway
from tests.gateway.running_gateway import RunningGateway, create_key
from tests.until import until

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SEEN = "document.dispatchEvent(new Event('visibilitychange'))"


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def gateway(built: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningGateway]:
    async with page_gateway(tmp_path_factory.mktemp("gateway"), built) as started:
        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def server(browser: Browser, gateway: RunningGateway) -> AsyncIterator[RunningGateway]:
    async with fresh_market(gateway, browser) as fresh:
        yield fresh
    async with gateway.database.begin() as connection:
        for table in (conditions, watchlists, deliveries, key_chats):
            await connection.execute(delete(table))


async def link(server: RunningGateway, key: str) -> None:
    """What the bot does with /link, and one delivery to that chat."""
    parsed = parse_key(key)
    assert parsed is not None
    row = {"key_id": parsed[0], "channel": "telegram", "chat_id": "7", "code_hash": parsed[0], "created_at": 1}
    signal = market.signal("AAPL", 598, "golden_cross")
    delivery = {
        "signal_id": signal.id, "channel": "telegram", "chat_id": "7", "thread_id": 0, "status": "failed", "tries": 2,
        "error": "the chat is gone", "body": wire.encode(signal).decode(), "created_at": 1, "updated_at": 1, "kind": "signal",
    }  # fmt: skip
    async with server.database.begin() as connection:
        await connection.execute(insert(key_chats).values(**row))
        await connection.execute(insert(deliveries).values(**delivery))
    server.gateway.authentication.kept.clear()


async def enter(page: Page, key: str) -> None:
    """Give the page a key."""
    await page.locator("#access").get_by_label("Key").fill(f" {key} ")
    await page.get_by_role("button", name="Use this key").click()


async def test_alerts_are_created_paused_deleted_and_taken_back(browser: Browser, server: RunningGateway) -> None:
    key = await create_key(server, "write")
    visited = await visit(browser, server, path="/#/alerts?condition=close%20%3E%20sma_20%20on%201d&symbols=AAPL")
    page = visited.page
    await expect(page.locator("#builder .copy-line code")).to_have_text("/alert close > sma_20 on 1d for AAPL")
    await expect(page.locator("#alert-list .absent")).to_contain_text("Enter one to list")
    await enter(page, key)
    await expect(page.locator("#access code").first).to_have_text(f"{key[:13]}_••••••••")
    await expect(page.locator("#access")).to_contain_text("kim · write")
    await expect(page.locator("#alert-list .empty")).to_contain_text("No alert yet")
    assert key.rpartition("_")[2] not in await page.content(), "the secret is not shown"
    await page.get_by_role("button", name="Create the alert").click()
    rows = page.locator("#alert-list tbody tr")
    await expect(rows).to_contain_text(["close > sma_20 on 1dApple"])
    await page.locator("#builder").get_by_label("Industry").select_option("ai")
    await page.get_by_label("How often").first.select_option("once")
    await page.get_by_role("button", name="Create the alert").click()
    await expect(rows).to_contain_text(["Apple", "Artificial intelligence1DOnce"])
    await rows.first.get_by_role("button", name="Pause").click()
    await expect(rows.first.locator(".state")).to_have_text("paused")
    await rows.last.get_by_role("button", name=re.compile("^Delete")).click()
    await expect(rows).to_have_count(1)
    await page.get_by_role("button", name="Undo").click()
    await expect(rows.last.locator(".state")).to_have_text("runs")
    await rows.first.get_by_role("button", name="Resume").click()
    await expect(rows.first.locator(".state")).to_have_text("runs")
    await expect(rows.last.get_by_role("button", name="Pause")).to_be_visible()

    async def is_stored() -> bool:
        async with server.database.connect() as connection:
            found = await connection.execute(select(conditions.c.number, conditions.c.enabled, conditions.c.stopped))
        return [tuple(row) for row in found.all()] == [(1, True, ""), (2, True, "")]

    await until(is_stored)
    await page.route("**/v1/alerts/*", lambda route: route.fulfill(status=503, json={"detail": "the database does not answer"}))
    await rows.first.get_by_role("button", name="Pause").click()
    await expect(page.locator(".toast")).to_contain_text("the database does not answer")
    await expect(rows.first.locator(".state")).to_have_text("runs")
    await page.unroute("**/v1/alerts/*")
    await page.reload()
    await expect(rows).to_have_count(2)
    await page.get_by_role("button", name="Link to Telegram").click()
    await expect(page.locator("#access .copy-line code")).to_have_text(re.compile(r"^/link \S{6,}$"))
    await link(server, key)
    await expect(page.locator("#access")).to_contain_text("Linked to a chat", timeout=15_000)
    await expect(page.locator("#alert-list .empty")).to_contain_text("No alert yet")
    sent = page.locator("#deliveries tbody tr")
    await expect(sent).to_contain_text(["AppleGolden cross (up)failed2the chat is gone"])
    await page.locator("#deliveries").get_by_role("combobox").select_option("sent")
    await expect(page.locator("#deliveries .empty")).to_contain_text("No alert was sent")
    await page.get_by_role("button", name="Remove", exact=True).click()
    await expect(page.locator("#alert-list .absent")).to_be_visible()
    assert await page.evaluate("localStorage.getItem('finstage.key')") is None
    assert [error for error in visited.errors if "503" not in error] == []


async def test_the_watchlist_is_that_of_the_key(browser: Browser, server: RunningGateway) -> None:
    key = await create_key(server, "write", owner="lee")
    visited = await visit(browser, server, path="/#/instrument/AAPL")
    page = visited.page
    rows = page.locator(".row")
    await expect(rows).to_have_count(6)
    await rows.filter(has_text="JPMorgan").hover()
    await page.get_by_role("button", name="Remove from watchlist: JPMorgan Chase").click()
    await expect(rows).to_have_count(5)
    await page.get_by_role("link", name="Alerts").click()
    await enter(page, key)
    await expect(page.locator("#access")).to_contain_text("had a watchlist of 5 instruments; the one of the key has 0")
    await page.get_by_role("button", name="Replace it with that of this browser").click()
    await expect(page.locator("#access")).not_to_contain_text("had a watchlist")
    await page.get_by_role("link", name="Chart").click()
    await expect(rows).to_have_count(5)
    await rows.filter(has_text="NVIDIA").hover()
    await page.get_by_role("button", name="Remove from watchlist: NVIDIA").click()
    await expect(rows).to_have_count(4)

    async def is_stored() -> bool:
        async with server.database.connect() as connection:
            found = sorted((await connection.execute(select(watchlists.c.symbol))).scalars())
        return found == ["005930.KS", "AAPL", "BTC-USD", "^GSPC"]

    await until(is_stored)
    async with server.database.begin() as connection:
        await connection.execute(update(watchlists).where(watchlists.c.symbol == "AAPL").values(symbol="JPM"))
    await page.evaluate(SEEN)
    await expect(rows.filter(has_text="JPMorgan")).to_have_count(1)
    await page.get_by_role("link", name="Market").click()
    await expect(page.locator("#mine tbody tr")).to_have_count(4)
    await expect(page.locator("#mine tr", has_text="JPMorgan")).to_be_visible()
    assert visited.errors == []


async def test_a_key_that_is_not_taken_is_named_and_the_page_goes_on_in_korean_on_a_phone(
    browser: Browser, server: RunningGateway
) -> None:
    visited = await visit(browser, server, PHONE, locale="ko-KR", touch=True, path="/#/alerts")
    page = visited.page
    copy = await page.locator("#access").get_by_role("button", name="복사").bounding_box()
    assert copy is not None
    assert copy["x"] + copy["width"] < PHONE["width"], "nothing in the box is cut off"
    await page.locator("#access").get_by_label("키", exact=True).fill("fs_0123456789_wrong")
    await page.get_by_role("button", name="이 키 사용").tap()
    await expect(page.locator("#access [role=alert]")).to_contain_text("게이트웨이가 이 키를 받지 않습니다")
    await expect(page.locator("#alert-list .absent")).to_contain_text("키를 입력하면")
    await page.reload()
    await expect(page.locator("#access [role=alert]")).to_be_visible()
    await page.get_by_role("link", name="시장").tap()
    await expect(page.locator("#mine tbody tr")).to_have_count(6)
    await expect(page.locator("html")).to_have_attribute("data-link", "replay")
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert [error for error in visited.errors if "401" not in error] == []


async def test_prices_go_on_after_the_key_was_revoked(browser: Browser, server: RunningGateway) -> None:
    key = await create_key(server, "read", owner="park")
    visited = await visit(browser, server, path="/#/alerts")
    page = visited.page
    await enter(page, key)
    await expect(page.locator("#access")).to_contain_text("may read only")
    await page.get_by_role("link", name="Market").click()
    await expect(page.locator("html")).to_have_attribute("data-link", "replay")
    async with server.database.begin() as connection:
        await connection.execute(update(api_keys).where(api_keys.c.owner == "park").values(revoked_at=1))
    server.gateway.authentication.kept.clear()
    await server.streams.live.close()
    await until(lambda: not server.gateway.hub.subscribers)
    await until(lambda: server.gateway.hub.is_subscribed("q"), what="subscribed again")
    server.feed.handle_event(market.quote("^GSPC", 70))
    await expect(page.locator(".index")).to_contain_text(f"{market.quote('^GSPC', 70).last_price:,.2f}")
    await expect(page.locator("html")).to_have_attribute("data-link", "replay")
