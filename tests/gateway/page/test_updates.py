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
from tests.gateway.browsing import DESKTOP, STILL, BrowserPage
from tests.gateway.page_gateway import interrupt, page_gateway
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
    gate: asyncio.Event | None = None
    """Where it is not None, answers to requests from now on are fetched at once and delivered after it is set."""
    requests: int = 0
    held: int = 0
    """Answers that have waited at the gate."""
    delivered: int = 0

    async def install(self) -> Interceptor:
        await self.page.route(self.path, self._handle)
        return self

    async def _handle(self, route: Route) -> None:
        self.requests += 1
        gate = self.gate
        if self.failing:
            await route.fulfill(status=503, json={"detail": "the database does not answer now"})
        else:
            answer = await route.fetch()
            if gate is not None:
                self.held += 1
                await gate.wait()
            await route.fulfill(response=answer)
        self.delivered += 1


async def intercept(page: Page, *paths: str) -> list[Interceptor]:
    """An interceptor for each path."""
    return [await Interceptor(page, path).install() for path in paths]


async def are_answered(*interceptors: Interceptor) -> None:
    """Wait for the answers to all requests until now: those may know of what happens next, or not."""
    before = [each.requests for each in interceptors]
    await until(lambda: all(each.delivered >= n for each, n in zip(interceptors, before, strict=True)), what="earlier answers")


REST = ("**/v1/quotes", "**/v1/signals?limit=*", "**/v1/industries")
LONGEST_DELAY_MS = 40_000
"""The longest between two tries of a read (``services/gateway/page/src/data/repeated_read.ts``), with its jitter."""


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def gateway(built: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningGateway]:
    """It keeps one signal or bar for clients that resume."""
    async with page_gateway(tmp_path_factory.mktemp("gateway"), built, ring=1) as started:
        yield started


async def opened(browser: Browser) -> BrowserPage:
    """A page that goes nowhere yet, whose time can be advanced."""
    context = await browser.new_context(viewport=DESKTOP, locale="en-US", reduced_motion=STILL)
    visited = BrowserPage(await context.new_page())
    await visited.page.clock.install()
    return visited


async def live(browser: Browser, server: RunningGateway) -> tuple[BrowserPage, list[Interceptor]]:
    """The page after it shows all data and receives messages, and the interceptors of what it reads of the market."""
    visited = await opened(browser)
    interceptors = await intercept(visited.page, *REST)
    await visited.page.goto(f"{server.url}/#/instrument")
    await expect(visited.page.locator(".link")).to_have_text("Replay")
    await expect(visited.page.locator(".drawing")).not_to_have_attribute("aria-busy", "true")
    await until(lambda: server.gateway.hub.is_subscribed("q"), what="the page to hear of quotes")
    server.feed.handle_event(market.quote("JPM", 50))
    await expect(price(visited, "JPMorgan")).to_have_text(shown("JPM", 50))
    return visited, interceptors


def price(visited: BrowserPage, name: str) -> Locator:
    """The price of an instrument in the watchlist."""
    return visited.page.locator(".row", has_text=name).locator(".price")


async def read_again(visited: BrowserPage, place: Locator, text: str) -> None:
    """Wait until the page has read this, without the time that it waits between its tries: it grows with each that has failed."""

    async def is_read() -> bool:
        await visited.page.clock.fast_forward(LONGEST_DELAY_MS)
        return text in await place.inner_text()

    await until(is_read, 30, f"{text} to be read")


async def miss(server: RunningGateway) -> None:
    """Publish more than the gateway keeps for resuming, to no open stream; close the streams and wait for the next ones."""
    streams = server.streams.live
    closed = set(streams.hub.subscribers)
    for subscriber in list(streams.hub.subscribers):  # before they close: the page would subscribe again meanwhile
        streams.flusher.remove(subscriber)
    server.feed.handle_event(market.quote("AAPL", 60))
    for n in range(601, 604):
        server.feed.handle_event(market.signal("NVDA", n, "golden_cross"))
    await interrupt(server, closed)


async def test_missed_updates_are_read_until_that_succeeds(browser: Browser, server: RunningGateway) -> None:
    visited, interceptors = await live(browser, server)
    for interceptor in interceptors:
        interceptor.failing = True
    await are_answered(*interceptors)
    await miss(server)
    server.feed.handle_event(market.quote("JPM", 70))  # the stream continues meanwhile
    await expect(price(visited, "JPMorgan")).to_have_text(shown("JPM", 70))
    await expect(visited.page.locator("html")).to_have_attribute("data-link", "behind")
    await interrupt(server)  # messages received since must not hide the gap
    server.feed.handle_event(market.quote("JPM", 80))
    await expect(price(visited, "JPMorgan")).to_have_text(shown("JPM", 80))
    await expect(price(visited, "Apple")).to_have_text(shown("AAPL", 1))
    for interceptor in interceptors:
        interceptor.failing = False
    await read_again(visited, price(visited, "Apple"), shown("AAPL", 60))
    await expect(visited.page.locator(".signal", has_text="Golden cross")).to_have_count(3)
    await expect(visited.page.locator("html")).to_have_attribute("data-link", "replay")


async def test_updates_between_the_first_read_and_the_subscription_are_read(browser: Browser, server: RunningGateway) -> None:
    visited = await opened(browser)
    (quotes,) = await intercept(visited.page, REST[0])
    quotes.gate = asyncio.Event()
    await visited.page.goto(f"{server.url}/#/instrument")
    await until(lambda: quotes.held, what="the first answer")
    server.feed.handle_event(market.signal("NVDA", 610, "golden_cross"))
    server.feed.handle_event(market.quote("AAPL", 60))
    quotes.failing = True
    quotes.gate.set()
    await until(lambda: quotes.requests >= 3, 15, "the page to read again")
    await expect(visited.page.locator("html")).to_have_attribute("data-link", "behind")
    quotes.failing = False
    await read_again(visited, price(visited, "Apple"), shown("AAPL", 60))
    await expect(visited.page.locator(".signal").first).to_contain_text("Golden cross")
    await expect(visited.page.locator(".link")).to_have_text("Replay")


async def test_an_old_answer_replaces_nothing_newer(browser: Browser, server: RunningGateway) -> None:
    visited, (quotes, signals, industries) = await live(browser, server)
    quotes.gate = industries.gate = answers = asyncio.Event()
    await are_answered(quotes, signals, industries)
    server.gateway.market.industries.clear()  # the answer has an industry without a view
    server.gateway.cache.answers.clear()
    await miss(server)
    await until(lambda: quotes.held and industries.held, what="answers that are delayed")
    server.feed.handle_event(market.quote("AAPL", 90))
    server.feed.handle_event(market.quote("JPM", 50, change_percent=0.5))  # newer, with the same time
    server.feed.handle_event(market.view(n=900, median_move=0.0432))
    await expect(price(visited, "Apple")).to_have_text(shown("AAPL", 90))
    industry = visited.page.locator(".view-row", has_text="Semiconductors").locator(".median")
    await expect(industry).to_have_text("+4.32%")
    await expect(visited.page.locator(".signal", has_text="Golden cross")).to_have_count(0)
    answers.set()
    await expect(visited.page.locator(".signal", has_text="Golden cross")).to_have_count(3)
    await expect(price(visited, "Apple")).to_have_text(shown("AAPL", 90))
    await expect(visited.page.locator(".row", has_text="JPMorgan").locator(".change")).to_have_text("+50.00%")
    await expect(industry).to_have_text("+4.32%")


async def test_a_quote_that_was_not_subscribed_is_read_when_it_is_shown(browser: Browser, server: RunningGateway) -> None:
    visited, _ = await live(browser, server)
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
    visited, _ = await live(browser, server)
    await visited.page.locator(".row .choose", has_text="NVIDIA").click()
    await expect(visited.page.locator(".drawing")).to_have_attribute("data-shows", "NVDA 1Day")
    (bars,) = await intercept(visited.page, "**/v1/bars?*")
    bars.failing = True
    server.feed.handle_event(market.bar("NVDA", 600))
    server.feed.handle_event(market.indicators("NVDA", 600))
    await until(lambda: bars.requests >= 3, 15, "the page to read again")
    bars.failing = False
    await read_again(visited, visited.page.locator(".legend"), f"{market.bar('NVDA', 600).close:,.2f}")


async def test_a_late_search_result_does_not_replace_a_later_choice(browser: Browser, server: RunningGateway) -> None:
    visited, _ = await live(browser, server)
    (search,) = await intercept(visited.page, "**/v1/instruments?q=*")
    search.gate = asyncio.Event()
    await visited.page.get_by_role("searchbox").fill("bitcoin")
    await until(lambda: search.held, what="the search")
    await visited.page.locator("#industry").select_option("banks")
    search.gate.set()
    await until(lambda: search.delivered, what="the old answer")
    await visited.page.evaluate("new Promise((done) => setTimeout(() => requestAnimationFrame(done)))")
    await expect(visited.page.locator(".row .symbol")).to_have_text(["JPM"])


async def test_a_new_change_is_shown_although_the_price_is_equal(browser: Browser, server: RunningGateway) -> None:
    visited, _ = await live(browser, server)
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
