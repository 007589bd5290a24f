"""The page loses no update: answers fail and come late while the stream goes on, in a real browser."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, Route, expect

from services.gateway.domain.directory import Directory
from tests.gateway import market
from tests.gateway.browsing import Seen, visit
from tests.gateway.running import Running, read_directory, running
from tests.until import until

pytestmark = pytest.mark.browser


def shown(symbol: str, n: int) -> str:
    """The price after step ``n`` as the page writes it."""
    return f"{market.quote(symbol, n).last_price:,.2f}"


@dataclass
class Switch:
    """What stands between the page and the answers to one path: passes them on, refuses them, or keeps them back."""

    page: Page
    path: str
    broken: bool = False
    asked: int = 0
    kept: asyncio.Event | None = None
    """Where there is one: answers are fetched at once and handed on when it is set."""
    fetched: int = 0
    ended: int = 0

    async def install(self) -> Switch:
        await self.page.route(self.path, self._pass)
        return self

    async def _pass(self, route: Route) -> None:
        self.asked += 1
        if self.broken:
            await route.fulfill(status=503, json={"detail": "the database does not answer now"})
            return
        answer = await route.fetch()
        self.fetched += 1
        if self.kept is not None:
            await self.kept.wait()
        await route.fulfill(response=answer)
        self.ended += 1


async def switches(page: Page, *paths: str) -> list[Switch]:
    """A switch for each path."""
    return [await Switch(page, path).install() for path in paths]


REST = ("**/v1/quotes", "**/v1/signals?limit=*", "**/v1/industries")


@pytest.fixture
async def up(built: Path, tmp_path: Path) -> AsyncIterator[Running]:
    """A gateway that can be resumed over one signal or bar, no more."""
    async with running(tmp_path, page=built, ring=1) as gateway:
        await market.store(gateway.database, bars=600)
        await read_directory(gateway)
        market.fill(gateway.gateway.market, first=300)
        yield gateway


async def live(browser: Browser, up: Running) -> Seen:
    """The page, once it shows everything and hears the stream."""
    seen = await visit(browser, up)
    await expect(seen.page.locator(".link")).to_have_text("Live")
    await expect(seen.page.locator(".drawing")).not_to_have_attribute("aria-busy", "true")
    up.feed.take(market.quote("JPM", 50))
    await expect(price(seen, "JPMorgan")).to_have_text(shown("JPM", 50))
    return seen


def price(seen: Seen, name: str) -> Locator:
    """Where the watchlist shows the price of an instrument."""
    return seen.page.locator(".row", has_text=name).locator(".price")


async def miss(up: Running) -> None:
    """Break every stream, and let more happen than can be resumed over."""
    await up.doors.live.close()
    up.feed.take(market.quote("AAPL", 60))
    for n in range(601, 604):
        up.feed.take(market.signal("NVDA", n, "golden_cross"))


async def test_a_gap_stays_open_until_it_has_been_read(browser: Browser, up: Running) -> None:
    seen = await live(browser, up)
    rest = await switches(seen.page, *REST)
    for switch in rest:
        switch.broken = True
    await miss(up)
    await until(lambda: rest[0].asked, what="the page asks for what it missed")
    up.feed.take(market.quote("JPM", 70))  # the stream goes on meanwhile
    await expect(price(seen, "JPMorgan")).to_have_text(shown("JPM", 70))
    await expect(seen.page.locator("html")).to_have_attribute("data-link", "behind")
    await up.doors.live.close()  # and breaks again: what it told since is no reason to forget the gap
    await until(lambda: not up.gateway.hub.readers)
    await until(lambda: up.gateway.hub.wanted("q"), what="subscribed again")
    up.feed.take(market.quote("JPM", 80))
    await expect(price(seen, "JPMorgan")).to_have_text(shown("JPM", 80))
    await expect(price(seen, "Apple")).to_have_text(shown("AAPL", 1))
    for switch in rest:
        switch.broken = False
    await expect(price(seen, "Apple")).to_have_text(shown("AAPL", 60), timeout=15_000)
    await expect(seen.page.locator(".signal", has_text="Golden cross")).to_have_count(3)
    await expect(seen.page.locator("html")).to_have_attribute("data-link", "live")


async def test_what_falls_between_first_reading_and_subscription_is_read_until_that_works(browser: Browser, up: Running) -> None:
    context = await browser.new_context(locale="en-US")
    seen = Seen(await context.new_page())
    (quotes,) = await switches(seen.page, REST[0])
    quotes.kept = asyncio.Event()
    await seen.page.goto(up.url)
    await until(lambda: quotes.fetched, what="the first answer")
    up.feed.take(market.signal("NVDA", 610, "golden_cross"))
    up.feed.take(market.quote("AAPL", 60))
    quotes.broken = True
    quotes.kept.set()
    await until(lambda: quotes.asked >= 3, 15, "the page asks again")
    await expect(seen.page.locator("html")).to_have_attribute("data-link", "behind")
    quotes.broken = False
    await expect(price(seen, "Apple")).to_have_text(shown("AAPL", 60), timeout=15_000)
    await expect(seen.page.locator(".signal").first).to_contain_text("Golden cross")
    await expect(seen.page.locator(".link")).to_have_text("Live")


async def test_an_old_answer_overwrites_nothing_newer(browser: Browser, up: Running) -> None:
    seen = await live(browser, up)
    quotes, _, industries = await switches(seen.page, *REST)
    quotes.kept = industries.kept = asyncio.Event()
    up.gateway.market.industries.clear()  # the answer has an industry without a view
    up.gateway.cache.kept.clear()
    await miss(up)
    await until(lambda: quotes.fetched and industries.fetched, what="answers that are getting old")
    up.feed.take(market.quote("AAPL", 90))
    up.feed.take(market.quote("JPM", 50, change_percent=0.5))  # of the same moment, and yet newer
    up.feed.take(market.view(n=900, median_move=0.0432))
    await expect(price(seen, "Apple")).to_have_text(shown("AAPL", 90))
    industry = seen.page.locator(".view", has_text="Semiconductors").locator(".median")
    await expect(industry).to_have_text("+4.32%")
    await expect(seen.page.locator(".signal", has_text="Golden cross")).to_have_count(0)
    quotes.kept.set()
    await expect(seen.page.locator(".signal", has_text="Golden cross")).to_have_count(3)
    await expect(price(seen, "Apple")).to_have_text(shown("AAPL", 90))
    await expect(seen.page.locator(".row", has_text="JPMorgan").locator(".change")).to_have_text("+50.00%")
    await expect(industry).to_have_text("+4.32%")


async def test_what_was_not_subscribed_is_read_when_it_is_shown(browser: Browser, up: Running) -> None:
    seen = await live(browser, up)
    await seen.page.locator(".row .choose", has_text="NVIDIA").click()
    await seen.page.locator(".row", has_text="JPMorgan").hover()
    await seen.page.get_by_role("button", name="Remove from watchlist: JPMorgan Chase").click()
    (reader,) = up.gateway.hub.readers
    await until(lambda: ("quotes", "JPM") not in reader.subscription.wanted and ("quotes", "*") not in reader.subscription.wanted)
    up.feed.take(market.quote("JPM", 95))
    await seen.page.get_by_role("button", name="Undo").click()
    await expect(price(seen, "JPMorgan")).to_have_text(shown("JPM", 95))


async def test_a_closed_bar_is_read_until_that_works(browser: Browser, up: Running) -> None:
    seen = await live(browser, up)
    await seen.page.locator(".row .choose", has_text="NVIDIA").click()
    await expect(seen.page.locator(".drawing")).to_have_attribute("data-shows", "NVDA 1Day")
    (bars,) = await switches(seen.page, "**/v1/bars?*")
    bars.broken = True
    up.feed.take(market.bar("NVDA", 600))
    up.feed.take(market.indicators("NVDA", 600))
    await until(lambda: bars.asked >= 3, 15, "the page asks again")
    bars.broken = False
    await expect(seen.page.locator(".legend")).to_contain_text(f"{market.bar('NVDA', 600).close:,.2f}", timeout=15_000)


async def test_a_search_that_is_answered_late_does_not_replace_a_later_choice(browser: Browser, up: Running) -> None:
    seen = await live(browser, up)
    (search,) = await switches(seen.page, "**/v1/instruments?q=*")
    search.kept = asyncio.Event()
    await seen.page.get_by_role("searchbox").fill("bitcoin")
    await until(lambda: search.fetched, what="the search")
    await seen.page.locator("#industry").select_option("banks")
    search.kept.set()
    await until(lambda: search.ended, what="the old answer")
    await seen.page.evaluate("new Promise((done) => setTimeout(() => requestAnimationFrame(done)))")
    await expect(seen.page.locator(".row .symbol")).to_have_text(["JPM"])


async def test_a_change_without_a_move_of_the_price_is_shown(browser: Browser, up: Running) -> None:
    seen = await live(browser, up)
    up.feed.take(market.quote("JPM", 50, change_percent=0.25))
    await expect(seen.page.locator(".row", has_text="JPMorgan").locator(".change")).to_have_text("+25.00%")


async def test_instruments_that_come_later_are_listed(browser: Browser, up: Running) -> None:
    known, up.gateway.directory = up.gateway.directory, Directory()
    up.gateway.market.quotes.clear()
    up.gateway.cache.kept.clear()
    context = await browser.new_context(locale="en-US")
    page = await context.new_page()
    await page.clock.install()
    await page.goto(up.url)
    await expect(page.locator(".watchlist .empty")).to_contain_text("Waiting for the first prices")
    up.gateway.directory = known
    await page.clock.run_for(15_000)
    await expect(page.locator(".row")).to_have_count(6)
    first = page.locator(".row", has_text="Apple")
    await expect(first.locator(".price")).to_have_text("–")
    await expect(first.locator(".price")).to_have_attribute("title", "No price yet")
