"""The screener: a condition with completion and errors in place, results, kept screens, an alert of a screen."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Browser, Route, expect

from shared.events import ConditionHistory, ConditionHistoryJob, SymbolHistory
from tests.gateway import market
from tests.gateway.browsing import keep_picture
from tests.gateway.running_gateway import RunningGateway
from tests.gateway.visitors import Visitor, visitors

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


class Histories:
    """Analysis research: conditions hold on the newest bar of AAPL and NVDA."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []

    async def request(self, job: ConditionHistoryJob, seconds: float) -> ConditionHistory:
        assert seconds > 0
        self.asked.append(job.symbols)
        newest = market.bar("AAPL", 599).ts_event
        histories = tuple(
            SymbolHistory(
                symbol=symbol,
                bars=600,
                first_bar=market.START,
                last_bar=newest,
                held=3,
                unknown=1,
                newest=(newest,) if symbol in ("AAPL", "NVDA") else (newest - market.DAY,),
            )
            for symbol in job.symbols
        )
        return ConditionHistory(job_id=job.id, symbols=histories, ts_event=1, ts_init=1, source="test")


@visitors
async def test_the_screener(browser: Browser, server: RunningGateway, visitor: Visitor) -> None:
    visited = await visitor.open(browser, server, "/#/screener")
    page, say = visited.page, visitor.say
    field = page.get_by_label(say("condition"), exact=True)
    await field.fill("rsi_14 < 30 and clos > 3")
    await expect(page.locator(".wrong")).to_contain_text("close")
    assert (await page.locator(".wrong pre").inner_text()).splitlines()[-1] == " " * 16 + "^"
    await field.fill("")
    await field.press_sequentially("sma_2")
    option = page.get_by_role("option").first
    await expect(option).to_contain_text("sma_20")
    await (option.tap() if visitor.is_phone else field.press("Enter"))
    await expect(field).to_have_value("sma_20")
    await field.press_sequentially(" < 1000")
    await field.press("Escape")
    await expect(page.locator(".verdict")).to_contain_text(visitor.either("20-bar average", "20봉 이동평균"))
    await page.get_by_label(say("add-column")).fill("rsi_14")
    await page.get_by_label(say("sort-by")).select_option("rsi_14")
    server.feed.handle_event(market.indicators("NVDA", 600, values={"sma_20": 500.0, "rsi_14": 71.5}))
    start = page.get_by_role("button", name=say("run-screen", n=6))
    await visitor.press(start)
    rows = page.locator("#results tbody tr")
    await expect(rows).to_have_count(2)
    await expect(page.locator("#results .progress")).to_contain_text(say("screened", done=2, total=2, matched=2))
    await expect(rows).to_contain_text([visitor.name("AAPL"), visitor.name("NVDA")])
    await visitor.press(page.get_by_role("button", name=say("sort-down")))
    await visitor.press(start)
    await expect(rows).to_contain_text([visitor.name("NVDA"), visitor.name("AAPL")])
    await expect(rows.first).to_contain_text("71.5")
    server.feed.handle_event(market.quote("AAPL", 77))
    await expect(rows.last.locator(".price")).to_have_text(f"{market.quote('AAPL', 77).last_price:,.2f}")
    await page.get_by_label(say("look-through")).select_option("semiconductors")
    await visitor.press(page.get_by_role("button", name=say("run-screen", n=2)))
    await expect(rows).to_contain_text([visitor.name("NVDA")])
    exchange = page.get_by_label(say("column-exchange"))
    await visitor.press(exchange)
    await page.get_by_label(say("screen-name")).fill("Below a thousand")
    await visitor.press(page.get_by_role("button", name=say("keep-screen"), exact=True))
    assert await visitor.fits(visited)
    await keep_picture(page, f"{visitor} screen")
    await page.reload()
    await expect(rows).to_contain_text([visitor.name("NVDA")])  # its address runs it
    await expect(field).to_have_value("sma_20 < 1000 on 1d")
    await expect(page.get_by_label(say("sort-by"))).to_have_value("rsi_14")
    shared = await visitor.open(browser, server, f"/{page.url.removeprefix(server.url).lstrip('/')}")
    await expect(shared.page.locator("#results tbody tr")).to_contain_text([visitor.name("NVDA")])
    await shared.page.context.close()
    await field.fill("")
    await visitor.press(page.locator("#kept").get_by_role("button", name="Below a thousand").first)
    await expect(field).to_have_value("sma_20 < 1000 on 1d")
    await expect(exchange).to_be_checked()
    await visitor.press(page.get_by_role("link", name=say("alert-me")))
    await expect(page.locator(".copy-line code").first).to_have_text("/alert sma_20 < 1000 on 1d for industry:semiconductors")
    assert [error for error in visited.errors if "422" not in error] == [], "a wrong condition is answered with 422"


@visitors
async def test_a_screen_that_looks_further_back_is_done_by_analysis(
    browser: Browser, server: RunningGateway, visitor: Visitor
) -> None:
    visited = await visitor.open(browser, server, "/#/screener?condition=close%20%3E%20sma_20%20for%203%20bars%20on%201d")
    page, say = visited.page, visitor.say
    await expect(page.locator("#results")).to_contain_text(say("problem-analysis-absent"))
    server.gateway.research = histories = Histories()  # type: ignore[assignment]
    await visitor.press(page.get_by_role("button", name=say("run-screen", n=6)))
    rows = page.locator("#results tbody tr")
    await expect(rows).to_have_count(2)
    await expect(rows.first).to_contain_text(visitor.name("AAPL"))
    await expect(page.locator("#results .progress")).to_contain_text(say("screened", done=6, total=6, matched=2))
    assert sorted(histories.asked[-1]) == sorted(market.BASE)
    await page.get_by_label(say("look-through")).select_option("banks")
    await visitor.press(page.get_by_role("button", name=say("run-screen", n=1)))
    await expect(page.locator("#results .empty")).to_have_text(say("no-result"))
    await visitor.press(page.get_by_role("link", name=say("alert-me")))
    await expect(page.locator("#builder tbody tr")).to_contain_text(say("held-of", held=3, bars=600))
    await visitor.press(page.locator("#builder").get_by_role("button", name=say("copy")))
    await expect(page.locator(".toast")).to_be_visible()
    assert await visitor.fits(visited)
    assert [error for error in visited.errors if "422" not in error] == []


async def test_a_condition_that_is_being_changed_is_not_run(browser: Browser, server: RunningGateway) -> None:
    visitor, checked = Visitor("en", is_phone=False), asyncio.Event()
    page = (await visitor.open(browser, server, "/#/screener?condition=close%20%3E%201")).page

    async def held(route: Route) -> None:
        await checked.wait()
        await route.continue_()

    start, alert = (
        page.get_by_role("button", name=visitor.say("run-screen", n=6)),
        page.get_by_role("link", name=visitor.say("alert-me")),
    )
    await expect(start).to_be_enabled()
    await page.route("**/v1/conditions/explain", held)
    await page.get_by_label(visitor.say("condition"), exact=True).fill("close < 1")
    await expect(start).to_be_disabled()
    await expect(alert).to_have_count(0)
    checked.set()
    await expect(alert).to_have_attribute("href", "#/alerts?condition=close+%3C+1+on+1d")
    await expect(start).to_be_enabled()


async def test_a_check_that_was_not_answered_is_repeated(browser: Browser, server: RunningGateway) -> None:
    page, asked = await browser.new_page(locale="en-US"), 0

    async def away_once(route: Route) -> None:
        nonlocal asked
        asked += 1
        if asked == 1:
            await route.fulfill(status=503, json={"detail": "the database does not answer now"})
        else:
            await route.continue_()

    await page.route("**/v1/conditions/explain", away_once)
    await page.goto(f"{server.url}/#/alerts?condition=close%20%3E%201&symbols=AAPL")
    await expect(page.locator("#builder .copy-line code")).to_have_text("/alert close > 1 on 1d for AAPL")
