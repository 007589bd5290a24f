"""The page loses no update when answers fail or arrive late while the stream continues; in a real browser."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, Route, expect

from services.gateway.domain.instrument_directory import InstrumentDirectory
from tests.gateway import market
from tests.gateway.browsing import BrowserPage, visit
from tests.gateway.page_gateway import page_gateway
from tests.gateway.running_gateway import RunningGateway
from tests.until import until

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def shown(symbol: str, n: int) -> str:
    """The price after step ``n`` as the page shows it."""
    return f"{market.quote(symbol, n).last_price:,.2f}"


@dataclass
class Interceptor:
    """Intercepts the page's requests to one path: passes the answers on, fails them, or delays them."""

    page: Page
    path: str
    failing: bool = False
    requests: int = 0
    gate: asyncio.Event | None = None
    """Where it is not None, answers are fetched at once and delivered after it is set."""
    fetched: int = 0
    delivered: int = 0

    async def install(self) -> Interceptor:
        await self.page.route(self.path, self._handle)
        return self

    async def _handle(self, route: Route) -> None:
        self.requests += 1
        if self.failing:
            await route.fulfill(status=503, json={"detail": "the database does not answer now"})
            return
        answer = await route.fetch()
        self.fetched += 1
        if self.gate is not None:
            await self.gate.wait()
        await route.fulfill(response=answer)
        self.delivered += 1


async def intercept(page: Page, *paths: str) -> list[Interceptor]:
    """An interceptor for each path."""
    return [await Interceptor(page, path).install() for path in paths]


REST = ("**/v1/quotes", "**/v1/signals?limit=*", "**/v1/industries")


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def gateway(built: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningGateway]:
    """It keeps one signal or bar for clients that resume."""
    async with page_gateway(tmp_path_factory.mktemp("gateway"), built, ring=1) as started:
        yield started


async def live(browser: Browser, server: RunningGateway) -> BrowserPage:
    """The page after it shows all data and receives messages."""
    visited = await visit(browser, server)
    await expect(visited.page.locator(".link")).to_have_text("Replay")
    await expect(visited.page.locator(".drawing")).not_to_have_attribute("aria-busy", "true")
    await until(lambda: server.gateway.hub.is_subscribed("q"), what="the page to hear of quotes")
    server.feed.handle_event(market.quote("JPM", 50))
    await expect(price(visited, "JPMorgan")).to_have_text(shown("JPM", 50))
    return visited


def price(visited: BrowserPage, name: str) -> Locator:
    """The price of an instrument in the watchlist."""
    return visited.page.locator(".row", has_text=name).locator(".price")


async def miss(server: RunningGateway) -> None:
    """Publish more than the gateway keeps for resuming, to no open stream; close the streams and wait for the next ones."""
    hub = server.gateway.hub
    closed = set(hub.subscribers)
    streams = server.streams.live
    for subscriber in list(streams.hub.subscribers):  # before they close: the page would subscribe again meanwhile
        streams.flusher.remove(subscriber)
    server.feed.handle_event(market.quote("AAPL", 60))
    for n in range(601, 604):
        server.feed.handle_event(market.signal("NVDA", n, "golden_cross"))
    await streams.close()
    # a request of the page may be one from before: only its stream shows that it hears what comes now
    await until(lambda: closed.isdisjoint(hub.subscribers) and hub.is_subscribed("q"), what="subscribed again")


async def test_missed_updates_are_read_until_that_succeeds(browser: Browser, server: RunningGateway) -> None:
    visited = await live(browser, server)
    interceptors = await intercept(visited.page, *REST)
    for interceptor in interceptors:
        interceptor.failing = True
    await miss(server)
    server.feed.handle_event(market.quote("JPM", 70))  # the stream continues meanwhile
    await expect(price(visited, "JPMorgan")).to_have_text(shown("JPM", 70))
    await expect(visited.page.locator("html")).to_have_attribute("data-link", "behind")
    await server.streams.live.close()  # a second break: messages received since must not hide the gap
    await until(lambda: not server.gateway.hub.subscribers)
    await until(lambda: server.gateway.hub.is_subscribed("q"), what="subscribed again")
    server.feed.handle_event(market.quote("JPM", 80))
    await expect(price(visited, "JPMorgan")).to_have_text(shown("JPM", 80))
    await expect(price(visited, "Apple")).to_have_text(shown("AAPL", 1))
    for interceptor in interceptors:
        interceptor.failing = False
    await expect(price(visited, "Apple")).to_have_text(shown("AAPL", 60), timeout=15_000)
    await expect(visited.page.locator(".signal", has_text="Golden cross")).to_have_count(3)
    await expect(visited.page.locator("html")).to_have_attribute("data-link", "replay")


async def test_updates_between_the_first_read_and_the_subscription_are_read(browser: Browser, server: RunningGateway) -> None:
    context = await browser.new_context(locale="en-US")
    visited = BrowserPage(await context.new_page())
    (quotes,) = await intercept(visited.page, REST[0])
    quotes.gate = asyncio.Event()
    await visited.page.goto(f"{server.url}/#/instrument")
    await until(lambda: quotes.fetched, what="the first answer")
    server.feed.handle_event(market.signal("NVDA", 610, "golden_cross"))
    server.feed.handle_event(market.quote("AAPL", 60))
    quotes.failing = True
    quotes.gate.set()
    await until(lambda: quotes.requests >= 3, 15, "the page to read again")
    await expect(visited.page.locator("html")).to_have_attribute("data-link", "behind")
    quotes.failing = False
    await expect(price(visited, "Apple")).to_have_text(shown("AAPL", 60), timeout=15_000)
    await expect(visited.page.locator(".signal").first).to_contain_text("Golden cross")
    await expect(visited.page.locator(".link")).to_have_text("Replay")


async def test_an_old_answer_replaces_nothing_newer(browser: Browser, server: RunningGateway) -> None:
    visited = await live(browser, server)
    quotes, _, industries = await intercept(visited.page, *REST)
    quotes.gate = industries.gate = asyncio.Event()
    server.gateway.market.industries.clear()  # the answer has an industry without a view
    server.gateway.cache.answers.clear()
    await miss(server)
    await until(lambda: quotes.fetched and industries.fetched, what="answers that are delayed")
    server.feed.handle_event(market.quote("AAPL", 90))
    server.feed.handle_event(market.quote("JPM", 50, change_percent=0.5))  # newer, with the same time
    server.feed.handle_event(market.view(n=900, median_move=0.0432))
    await expect(price(visited, "Apple")).to_have_text(shown("AAPL", 90))
    industry = visited.page.locator(".view-row", has_text="Semiconductors").locator(".median")
    await expect(industry).to_have_text("+4.32%")
    await expect(visited.page.locator(".signal", has_text="Golden cross")).to_have_count(0)
    quotes.gate.set()
    await expect(visited.page.locator(".signal", has_text="Golden cross")).to_have_count(3)
    await expect(price(visited, "Apple")).to_have_text(shown("AAPL", 90))
    await expect(visited.page.locator(".row", has_text="JPMorgan").locator(".change")).to_have_text("+50.00%")
    await expect(industry).to_have_text("+4.32%")


async def test_a_quote_that_was_not_subscribed_is_read_when_it_is_shown(browser: Browser, server: RunningGateway) -> None:
    visited = await live(browser, server)
    await visited.page.locator(".row .choose", has_text="NVIDIA").click()
    await visited.page.locator(".row", has_text="JPMorgan").hover()
    await visited.page.get_by_role("button", name="Remove from watchlist: JPMorgan Chase").click()
    (subscriber,) = server.gateway.hub.subscribers
    await until(
        lambda: (
            ("quotes", "JPM") not in subscriber.subscription.selected and ("quotes", "*") not in subscriber.subscription.selected
        )
    )
    server.feed.handle_event(market.quote("JPM", 95))
    await visited.page.get_by_role("button", name="Undo").click()
    await expect(price(visited, "JPMorgan")).to_have_text(shown("JPM", 95))


async def test_a_closed_bar_is_read_until_that_succeeds(browser: Browser, server: RunningGateway) -> None:
    visited = await live(browser, server)
    await visited.page.locator(".row .choose", has_text="NVIDIA").click()
    await expect(visited.page.locator(".drawing")).to_have_attribute("data-shows", "NVDA 1Day")
    (bars,) = await intercept(visited.page, "**/v1/bars?*")
    bars.failing = True
    server.feed.handle_event(market.bar("NVDA", 600))
    server.feed.handle_event(market.indicators("NVDA", 600))
    await until(lambda: bars.requests >= 3, 15, "the page to read again")
    bars.failing = False
    await expect(visited.page.locator(".legend")).to_contain_text(f"{market.bar('NVDA', 600).close:,.2f}", timeout=15_000)


async def test_a_late_search_result_does_not_replace_a_later_choice(browser: Browser, server: RunningGateway) -> None:
    visited = await live(browser, server)
    (search,) = await intercept(visited.page, "**/v1/instruments?q=*")
    search.gate = asyncio.Event()
    await visited.page.get_by_role("searchbox").fill("bitcoin")
    await until(lambda: search.fetched, what="the search")
    await visited.page.locator("#industry").select_option("banks")
    search.gate.set()
    await until(lambda: search.delivered, what="the old answer")
    await visited.page.evaluate("new Promise((done) => setTimeout(() => requestAnimationFrame(done)))")
    await expect(visited.page.locator(".row .symbol")).to_have_text(["JPM"])


async def test_a_new_change_is_shown_although_the_price_is_equal(browser: Browser, server: RunningGateway) -> None:
    visited = await live(browser, server)
    server.feed.handle_event(market.quote("JPM", 50, change_percent=0.25))
    await expect(visited.page.locator(".row", has_text="JPMorgan").locator(".change")).to_have_text("+25.00%")


async def test_instruments_that_are_stored_later_are_listed(browser: Browser, server: RunningGateway) -> None:
    known, server.gateway.directory = server.gateway.directory, InstrumentDirectory()
    server.gateway.market.quotes.clear()
    server.gateway.cache.answers.clear()
    context = await browser.new_context(locale="en-US")
    page = await context.new_page()
    await page.clock.install()
    await page.goto(f"{server.url}/#/instrument")
    await expect(page.locator(".watchlist .empty")).to_contain_text("Waiting for the first prices")
    server.gateway.directory = known
    await page.clock.run_for(15_000)
    await expect(page.locator(".row")).to_have_count(6)
    first = page.locator(".row", has_text="Apple")
    await expect(first.locator(".price")).to_have_text("–")
    await expect(first.locator(".price")).to_have_attribute("title", "No price yet")
