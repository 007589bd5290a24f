"""Load of quotes for a page in a browser, and what it costs the page: frames, CPU time, memory."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, NamedTuple

from playwright.async_api import CDPSession, Page, expect

from tests.gateway import market
from tests.gateway.running_gateway import RunningGateway
from tests.until import until

FRAMES: Final = """seconds => new Promise(done => {
    let frames = 0;
    const start = performance.now();
    const count = now => {
        frames += 1;
        if (now - start < seconds * 1000) requestAnimationFrame(count);
        else done(frames * 1000 / (now - start));
    };
    requestAnimationFrame(count);
})"""


class Frames(NamedTuple):
    """Frames a second, and seconds of CPU time of the page's main thread in a second."""

    a_second: float
    work: float


class Size(NamedTuple):
    """Bytes of the heap and number of nodes after a collection."""

    heap: float
    nodes: float


class PageLoad:
    """Sends quotes to a page that shows AAPL, and measures it."""

    def __init__(self, page: Page, server: RunningGateway, session: CDPSession) -> None:
        self._page = page
        self._server = server
        self._session = session
        self._step = itertools.count(600 * 86_400)
        self._symbols = list(market.BASE)

    def send(self, count: int) -> None:
        """Send quotes of all instruments in turn."""
        for _ in range(count):
            n = next(self._step)
            self._server.feed.handle_event(market.quote(self._symbols[n % len(self._symbols)], n))

    async def updates(self, count: int) -> None:
        """Send quotes as fast as the page shows them: each batch is there before the next is sent."""
        for _ in range(count // 100):
            self.send(100)
            await self._page.evaluate("new Promise(requestAnimationFrame)")
        last = market.quote("AAPL", next(self._step))
        self._server.feed.handle_event(last)
        await expect(self._page.locator("#last")).to_have_text(f"{last.last_price:,.2f}")

    @asynccontextmanager
    async def two_hundred_a_second(self) -> AsyncIterator[None]:
        """200 quotes a second until the end of the block."""
        done = asyncio.Event()

        async def load() -> None:
            while not done.is_set():
                self.send(10)
                await asyncio.sleep(0.05)  # the pace of the load, not a wait for the page

        task = asyncio.create_task(load())
        try:
            yield
        finally:
            done.set()
            await task

    async def frames(self, seconds: float) -> Frames:
        before = await self._metrics()
        found = float(await self._page.evaluate(FRAMES, seconds))
        after = await self._metrics()
        return Frames(found, (after["ThreadTime"] - before["ThreadTime"]) / (after["Timestamp"] - before["Timestamp"]))

    async def size(self) -> Size:
        for _ in range(2):
            await self._session.send("HeapProfiler.collectGarbage")
        found = await self._metrics()
        return Size(found["JSHeapUsedSize"], found["Nodes"])

    async def _metrics(self) -> dict[str, float]:
        """What Chromium counts of a page, by name; times in seconds."""
        found = await self._session.send("Performance.getMetrics")
        return {each["name"]: float(each["value"]) for each in found["metrics"]}


async def open_load(page: Page, server: RunningGateway) -> PageLoad:
    """For a page on the view of AAPL."""
    await expect(page.locator(".drawing")).to_have_attribute("data-shows", "AAPL 1Day")
    await until(lambda: server.gateway.hub.is_subscribed("q"), what="the page to hear of quotes")
    session = await page.context.new_cdp_session(page)
    await session.send("Performance.enable")
    return PageLoad(page, server, session)


async def first_paint_ms(page: Page) -> float:
    """From the start of the navigation to the first text or picture."""
    return float(await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
