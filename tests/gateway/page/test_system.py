"""The view of an operator."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Route, expect
from sqlalchemy import insert

from services.gateway.domain.service_states import GroupFinding, ServiceWatch
from shared import tables
from tests.gateway import market
from tests.gateway.browsing import visit
from tests.gateway.running_gateway import RunningGateway
from tests.gateway.visitors import Visitor, visitors

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@visitors
async def test_the_system_view(browser: Browser, server: RunningGateway, visitor: Visitor) -> None:
    now = server.gateway.clock()
    server.gateway.clock = lambda: now  # no measurement grows old while the page opens
    server.gateway.market.last_analysis_at = now
    server.gateway.progress.measure({0: (0, 9)}, {0: 2}, now)
    server.gateway.services = ServiceWatch(server.gateway.services.groups)
    server.gateway.services.store({"analysis-live": GroupFinding(2, 0), "analysis-research": GroupFinding(0, 3)}, now)
    visited = await visitor.open(browser, server, "/#/system")
    page, say = visited.page, visitor.say
    services = page.locator("main .panel").first.locator("tbody tr")
    await expect(services).to_have_count(7)
    live = services.filter(has_text=say("service-analysis-live"))
    await expect(live.locator(".state.running")).to_have_text(say("service-state-running"))
    await expect(live.locator(".numeric")).to_have_text(["7", "2"])
    research = services.filter(has_text=say("service-analysis-research"))
    await expect(research.locator(".state.stopped")).to_have_text(say("service-state-stopped"))
    notifier = services.filter(has_text=say("service-notifier"))
    await expect(notifier.locator(".state.not_seen")).to_have_text(say("service-state-not_seen"))
    await expect(page.locator("#flow")).to_contain_text(f"{say('waiting-ticks')}7")
    await expect(page.locator("#sources .empty")).to_have_text(say("no-sources"))
    rows = page.locator("#age tbody tr")
    await expect(rows).to_have_count(4)
    await expect(rows.filter(has_text="NASDAQ")).to_contain_text("NASDAQ22")
    await expect(page.locator("#connection")).to_contain_text(f"{say('stream')}{say('stream-live')}")
    await expect(page.locator("#feeds tbody tr")).to_contain_text("fed-press")
    await expect(page.locator("#rejected .missing")).to_have_count(2)
    server.gateway.rejected = {"market.quarantine.v1": 3, "market.ticks.v1.dlq": 2, "market.bars.v1.dlq": 0}
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await expect(page.locator("#rejected dl dd")).to_have_text(["3", "2"])
    await expect(page.locator("#rejected dl")).to_contain_text("market.ticks.v1.dlq")
    await expect(page.locator("#queue .empty")).to_have_text(say("no-open-jobs"))
    assert await visitor.fits(visited)

    async def away(route: Route) -> None:
        await route.fulfill(status=503, json={"detail": "the database does not answer now", "code": "no-database"})

    await page.route("**/v1/status", away)
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await expect(page.locator("#flow .failure")).to_contain_text(say("problem-no-database"))
    await page.unroute("**/v1/status")
    await expect(page.locator("#flow")).to_contain_text(say("silent"))


async def test_a_feed_that_is_never_read_says_why(browser: Browser, server: RunningGateway) -> None:
    never = [
        market.feed_row("played", replayed=True),
        market.feed_row("off", state="disabled"),
        market.feed_row("early", state="new"),
    ]
    async with server.database.begin() as connection:
        await connection.execute(insert(tables.feeds), never)
    visited = await visit(browser, server, path="/#/system")
    rows = visited.page.locator("#feeds tbody tr")
    for feed, why in (
        ("played", "A tape plays this feed; it is not fetched"),
        ("off", "This feed is switched off"),
        ("early", "Nothing was reported yet"),
    ):
        await expect(rows.filter(has_text=feed).locator("td").last.locator(".missing")).to_have_attribute("title", why)
    async with server.database.begin() as connection:
        await connection.execute(tables.feeds.delete().where(tables.feeds.c.feed.in_([row["feed"] for row in never])))
