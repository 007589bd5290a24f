"""What belongs to the owner of a key, on the page: alerts, their deliveries, the watchlist, the link to a chat."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect
from sqlalchemy import delete, insert, select, update

from services.gateway.domain.keys import parse_key
from shared import wire
from shared.tables import api_keys, conditions, deliveries, key_chats, watchlists
from tests.gateway import market
from tests.gateway.browsing import keep_picture
from tests.gateway.page_gateway import interrupt
from tests.gateway.running_gateway import RunningGateway, create_key
from tests.gateway.visitors import Visitor, visitors
from tests.until import until

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

DESK = Visitor("en", is_phone=False)
SEEN = "document.dispatchEvent(new Event('visibilitychange'))"


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def nothing_owned(gateway: RunningGateway) -> AsyncIterator[None]:
    """Each test starts without what the one before has stored for its owners."""
    yield
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


async def enter(visitor: Visitor, page: Page, key: str) -> None:
    """Give the page a key."""
    await page.locator("#access").get_by_label(visitor.say("key"), exact=True).fill(f" {key} ")
    await visitor.press(page.locator("#access").get_by_role("button", name=visitor.say("key-keep")))


@visitors
async def test_alerts_are_created_paused_deleted_and_taken_back(browser: Browser, server: RunningGateway, visitor: Visitor) -> None:
    key = await create_key(server, "write")
    visited = await visitor.open(browser, server, "/#/alerts?condition=close%20%3E%20sma_20%20on%201d&symbols=AAPL")
    page, say = visited.page, visitor.say
    await expect(page.locator("#builder .copy-line code")).to_have_text("/alert close > sma_20 on 1d for AAPL")
    await expect(page.locator("#alert-list .absent")).to_contain_text(say("alerts-need-key"))
    assert await visitor.shows_all_of(page.locator("#access").get_by_role("button", name=say("copy")))
    await enter(visitor, page, key)
    await expect(page.locator("#access code").first).to_have_text(f"{key[:13]}_••••••••")
    await expect(page.locator("#access")).to_contain_text("kim · write")
    await expect(page.locator("#alert-list .empty")).to_have_text(say("no-alerts"))
    assert key[len("fs_0123456789_") :] not in await page.content(), "the secret is not shown"
    create = page.get_by_role("button", name=say("alert-create"))
    await visitor.press(create)
    rows = page.locator("#alert-list tbody tr")
    await expect(rows).to_contain_text([f"close > sma_20 on 1d{visitor.name('AAPL')}"])
    await page.locator("#builder").get_by_label(say("industry")).select_option("ai")
    await page.locator("#builder").get_by_label(say("alert-frequency")).select_option("once")
    await visitor.press(create)
    industry = f"{visitor.name('ai')}{visitor.either('1D', '일')}{say('frequency-once')}"
    assert await visitor.shows_all_of(page.locator(".toast"))  # before the rows: it goes after some seconds
    await expect(rows).to_contain_text([visitor.name("AAPL"), industry])
    await keep_picture(page, f"{visitor} stored alerts")
    await changed(page, visitor)

    async def is_stored() -> bool:
        async with server.database.connect() as connection:
            found = await connection.execute(select(conditions.c.number, conditions.c.enabled, conditions.c.stopped))
        return [tuple(row) for row in found.all()] == [(1, True, ""), (2, True, "")]

    await until(is_stored)
    refused = {"detail": "the database does not answer", "code": "no-database"}
    await page.route("**/v1/alerts/*", lambda route: route.fulfill(status=503, json=refused))
    await visitor.press(rows.first.get_by_role("button", name=say("alert-pause")))
    await expect(page.locator(".toast")).to_contain_text(say("problem-no-database"))
    await expect(rows.first.locator(".state")).to_have_text(say("alert-running"))
    await page.unroute("**/v1/alerts/*")
    await page.reload()
    await expect(rows).to_have_count(2)
    await visitor.press(page.get_by_role("button", name=say("link-chat")))
    await expect(page.locator("#access .copy-line code")).to_have_text(re.compile(r"^/link \S{6,}$"))
    await link(server, key)
    await expect(page.locator("#access")).to_contain_text(say("linked"))
    await delivered(page, visitor)
    assert await visitor.fits(visited)
    await visitor.press(page.get_by_role("button", name=say("key-remove"), exact=True))
    await expect(page.locator("#alert-list .absent")).to_be_visible()
    assert await page.evaluate("localStorage.getItem('finstage.key')") is None
    assert [error for error in visited.errors if "503" not in error] == []


async def changed(page: Page, visitor: Visitor) -> None:
    """Of two alerts, pause and resume the first; delete the second and take that back."""
    rows, say = page.locator("#alert-list tbody tr"), visitor.say
    assert await visitor.shows_all_of(rows.first.get_by_role("button", name=re.compile(f"^{say('delete')}")))
    await visitor.press(rows.first.get_by_role("button", name=say("alert-pause")))
    await expect(rows.first.locator(".state")).to_have_text(say("alert-paused"))
    await visitor.press(rows.last.get_by_role("button", name=re.compile(f"^{say('delete')}")))
    await expect(rows).to_have_count(1)
    await visitor.press(page.get_by_role("button", name=say("undo")))
    await expect(rows.last.locator(".state")).to_have_text(say("alert-running"))
    await visitor.press(rows.first.get_by_role("button", name=say("alert-resume")))
    await expect(rows.first.locator(".state")).to_have_text(say("alert-running"))
    await expect(rows.last.get_by_role("button", name=say("alert-pause"))).to_be_visible()


async def delivered(page: Page, visitor: Visitor) -> None:
    """The linked chat has no alert of its own, and one delivery, which failed."""
    say, deliveries = visitor.say, page.locator("#deliveries")
    await expect(page.locator("#alert-list .empty")).to_have_text(say("no-alerts"))
    what = f"{say('rule-golden-cross')} ({say('direction-up')})"
    row = f"{visitor.name('AAPL')}{what}{say('delivery-failed')}2the chat is gone"
    await expect(deliveries.locator("tbody tr")).to_contain_text([row])
    await keep_picture(page, f"{visitor} deliveries")
    await deliveries.get_by_role("combobox").select_option("sent")
    await expect(deliveries.locator(".empty")).to_have_text(say("no-deliveries"))


@visitors
async def test_the_watchlist_is_that_of_the_key(browser: Browser, server: RunningGateway, visitor: Visitor) -> None:
    key = await create_key(server, "write", owner="lee")
    visited = await visitor.open(browser, server, "/#/instrument/AAPL")
    page, say = visited.page, visitor.say
    views = page.get_by_role("navigation", name=say("views"), exact=True).get_by_role("link")
    rows = page.locator(".row")

    async def removed(symbol: str) -> None:
        await rows.filter(has_text=visitor.name(symbol)).hover()
        await visitor.press(page.get_by_role("button", name=f"{say('remove-from')}: {visitor.name(symbol)}"))

    await expect(rows).to_have_count(6)
    await removed("JPM")
    await expect(rows).to_have_count(5)
    await visitor.press(views.filter(has_text=say("view-alerts")))
    await enter(visitor, page, key)
    await expect(page.locator("#access")).to_contain_text(say("watchlist-differs", here=5, there=0))
    await visitor.press(page.get_by_role("button", name=say("watchlist-upload")))
    await expect(page.locator("#access")).not_to_contain_text(say("watchlist-differs", here=5, there=0))
    await visitor.press(views.filter(has_text=say("view-instrument")))
    await expect(rows).to_have_count(5)
    await removed("NVDA")
    await expect(rows).to_have_count(4)

    async def is_stored() -> bool:
        async with server.database.connect() as connection:
            found = sorted((await connection.execute(select(watchlists.c.symbol))).scalars())
        return found == ["005930.KS", "AAPL", "BTC-USD", "^GSPC"]

    await until(is_stored)
    async with server.database.begin() as connection:
        await connection.execute(update(watchlists).where(watchlists.c.symbol == "AAPL").values(symbol="JPM"))
    await page.evaluate(SEEN)
    await expect(rows.filter(has_text=visitor.name("JPM"))).to_have_count(1)
    await visitor.press(views.filter(has_text=say("view-market")))
    await expect(page.locator("#mine tbody tr")).to_have_count(4)
    await expect(page.locator("#mine tr", has_text=visitor.name("JPM"))).to_be_visible()
    assert visited.errors == []


@visitors
async def test_a_key_that_is_not_taken_is_named_and_the_page_goes_on(
    browser: Browser, server: RunningGateway, visitor: Visitor
) -> None:
    visited = await visitor.open(browser, server, "/#/alerts")
    page, say = visited.page, visitor.say
    sent = []
    page.on("request", lambda request: sent.append(request.url) if "authorization" in request.headers else None)
    await enter(visitor, page, "fs_0123456789_wrong")
    await expect(page.locator("#access [role=alert]")).to_contain_text(say("problem-key-invalid"))
    await expect(page.locator("#alert-list .absent")).to_contain_text(say("alerts-need-key"))
    await page.reload()
    await expect(page.locator("#access").get_by_role("button", name=say("key-keep"))).to_be_visible()
    assert len(sent) == 1, "a wrong key counts once against those who guess keys"
    views = page.get_by_role("navigation", name=say("views"), exact=True).get_by_role("link")
    await visitor.press(views.filter(has_text=say("view-market")))
    await expect(page.locator("#mine tbody tr")).to_have_count(6)
    await expect(page.locator("html")).to_have_attribute("data-link", "replay")
    assert await visitor.fits(visited)
    assert [error for error in visited.errors if "401" not in error] == []


async def test_prices_go_on_after_the_key_was_revoked(browser: Browser, server: RunningGateway) -> None:
    key = await create_key(server, "read", owner="park")
    visited = await DESK.open(browser, server, "/#/alerts")
    page = visited.page
    await enter(DESK, page, key)
    await expect(page.locator("#access")).to_contain_text("may read only")
    await page.get_by_role("link", name="Market").click()
    await expect(page.locator("html")).to_have_attribute("data-link", "replay")
    async with server.database.begin() as connection:
        await connection.execute(update(api_keys).where(api_keys.c.owner == "park").values(revoked_at=1))
    server.gateway.authentication.kept.clear()
    await interrupt(server)
    server.feed.handle_event(market.quote("^GSPC", 70))
    await expect(page.locator(".index")).to_contain_text(f"{market.quote('^GSPC', 70).last_price:,.2f}")
    await expect(page.locator("html")).to_have_attribute("data-link", "replay")


async def test_no_alert_is_made_of_a_condition_that_is_being_changed(browser: Browser, server: RunningGateway) -> None:
    key, checked = await create_key(server, "write"), asyncio.Event()
    page = (await DESK.open(browser, server, "/#/alerts?condition=close%20%3E%201&symbols=AAPL")).page

    async def held(route: Route) -> None:
        await checked.wait()
        await route.continue_()

    await enter(DESK, page, key)
    create = page.get_by_role("button", name=DESK.say("alert-create"))
    await expect(create).to_be_enabled()
    await page.route("**/v1/conditions/explain", held)
    await page.get_by_label(DESK.say("condition"), exact=True).fill("close > 2")
    await expect(create).to_be_disabled()
    checked.set()
    await create.click()
    await expect(page.locator("#alert-list tbody tr code")).to_have_text(["close > 2 on 1d"])
