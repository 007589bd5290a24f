"""The page in a real Chromium: first paint, frames under load, memory, size of what is fetched."""

from __future__ import annotations

import asyncio
import gzip
import statistics
import tempfile
from pathlib import Path
from typing import Final

from playwright.async_api import Browser

from bench.result import BenchmarkResult
from infra.local.web_page import build_page
from tests.gateway.browsing import chromium, visit
from tests.gateway.page_gateway import fresh_market, page_gateway
from tests.gateway.page_load import first_paint_ms, open_load
from tests.gateway.running_gateway import RunningGateway

BUILT: Final = Path(__file__).parents[1] / "services" / "gateway" / "page" / "dist"
VISITS: Final = 5
SECONDS: Final = 5.0
UPDATES: Final = 10_000


def rows() -> list[BenchmarkResult]:
    """The gateway runs in this process, the browser beside it, without a graphics processor."""
    build_page(print)
    return [_size(), *asyncio.run(_in_browser())]


def _size() -> BenchmarkResult:
    files = [path for path in BUILT.rglob("*") if path.suffix in {".js", ".css", ".html"} and "swagger" not in path.name]
    total = sum(len(gzip.compress(path.read_bytes(), 9)) for path in files)
    return BenchmarkResult("all views of the page, compressed (without Swagger UI)", f"{total / 1024:.0f} kB", target="< 300 kB")


async def _in_browser() -> list[BenchmarkResult]:
    with tempfile.TemporaryDirectory() as folder:
        async with chromium() as browser, page_gateway(Path(folder), BUILT) as gateway, fresh_market(gateway, browser) as server:
            return [await _first_paint(browser, server), *await _under_load(browser, server)]


async def _first_paint(browser: Browser, server: RunningGateway) -> BenchmarkResult:
    """Each visit has an empty cache."""
    found = []
    for path in ("/#/market", "/#/instrument/AAPL") * VISITS:
        visited = await visit(browser, server, path=path)
        await visited.page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
        found.append(await first_paint_ms(visited.page))
        await visited.page.context.close()
    work = f"first paint with an empty cache, median and slowest of {len(found)} visits"
    return BenchmarkResult(work, f"{statistics.median(found):.0f} and {max(found):.0f} ms by the clock", target="< 1,000 ms")


async def _under_load(browser: Browser, server: RunningGateway) -> list[BenchmarkResult]:
    visited = await visit(browser, server, path="/#/instrument/AAPL")
    load = await open_load(visited.page, server)
    await load.updates(1_000)
    early = await load.size()
    await load.updates(UPDATES - 1_000)
    late = await load.size()
    idle = await load.frames(SECONDS)
    async with load.two_hundred_a_second():
        busy = await load.frames(SECONDS)
    return [
        BenchmarkResult(
            "the view of an instrument under 200 quote updates a second, and idle in the same run",
            f"{busy.a_second:.0f} frames a second, {1000 * busy.work:.0f} ms of its main thread's time a second",
            f"idle {idle.a_second:.0f} frames a second, {1000 * idle.work:.0f} ms",
            f"{busy.a_second / idle.a_second:.2f} x idle",
            "60 frames a second",
        ),
        BenchmarkResult(
            f"memory of the page after {UPDATES:,} updates against that after 1,000",
            f"heap {late.heap / early.heap - 1:+.1%}, nodes {late.nodes / early.nodes - 1:+.1%}",
            target="no growth",
        ),
    ]
