"""The page in a real browser: what a person sees and does."""

from __future__ import annotations

import datetime as dt
import itertools
import re
import unicodedata
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Route, expect

from shared import tables
from tests.gateway import market
from tests.gateway.browsing import PHONE, Scheme, visit
from tests.gateway.running import Running, read_directory, running
from tests.until import until

pytestmark = pytest.mark.browser

TODAY = 600 * 86_400  # quotes of the day after the last bar


@pytest.fixture
async def up(built: Path, tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path, page=built) as gateway:
        await market.store(gateway.database, bars=600)
        await read_directory(gateway)
        market.fill(gateway.gateway.market, first=300)
        yield gateway


async def test_quotes_move_the_chart_is_drawn_and_a_signal_appears(browser: Browser, up: Running) -> None:
    seen = await visit(browser, up)
    page = seen.page
    await expect(page.locator(".link")).to_have_text("Live")
    await expect(page.locator(".banner")).to_contain_text("Replayed data")
    row = page.locator(".row", has_text="Apple")
    await row.locator(".choose").click()
    await expect(page.locator(".drawing")).to_have_attribute("data-shows", "AAPL 1Day")
    await expect(page.locator(".drawing")).to_have_attribute("data-bars", "500")
    await expect(page.locator("h1")).to_have_text("Apple")
    now = up.gateway.clock()
    up.gateway.market.heard = now - 119_000
    up.gateway.progress.measure({0: (0, 9)}, {0: 5}, now - 60_000)
    await page.evaluate(LOOK)
    since = dt.datetime.fromtimestamp(up.gateway.market.heard // 1000).astimezone().strftime("%H:%M")
    await expect(page.locator(".link")).to_have_text(re.compile(f"^No news from analysis since .*{since}$"))
    up.gateway.progress.measure({0: (0, 9)}, {0: 9}, now)
    await page.evaluate(LOOK)
    await expect(page.locator(".link")).to_have_text("Live")
    up.gateway.market.heard = now - 3_600_000
    await page.evaluate(LOOK)
    await expect(page.locator(".link")).to_contain_text("No new prices since")
    up.gateway.market.heard = now
    before = await row.locator(".price").text_content()
    up.feed.take(market.quote("AAPL", TODAY + 3))
    expected = f"{market.quote('AAPL', TODAY + 3).last_price:,.2f}"
    assert expected != before
    await expect(row.locator(".price")).to_have_text(expected)
    await expect(page.locator("#last")).to_have_text(expected)
    await expect(page.locator(".legend")).to_contain_text("forming")
    await expect(page.locator(".legend")).to_contain_text("SMA 200")
    assert await colours(page) > 20, "candles, averages and text are on the canvas"
    up.feed.take(market.signal("NVDA", 610, "golden_cross"))
    top = page.locator(".signal").first
    await expect(top).to_contain_text("Golden cross")
    await expect(top).to_contain_text("no record yet")
    await expect(top).to_contain_text("NVIDIA")
    up.feed.take(market.bar("AAPL", 600))
    up.feed.take(market.indicators("AAPL", 600))
    await expect(page.locator(".legend")).to_contain_text(f"{market.bar('AAPL', 600).close:,.2f}")
    assert seen.errors == []


LOOK = "document.dispatchEvent(new Event('visibilitychange'))"

COLOURS = """() => {
    const found = new Set();
    for (const canvas of document.querySelectorAll('.drawing canvas')) {
        if (!canvas.width || !canvas.height) continue;
        const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        for (let i = 0; i < data.length; i += 4) {
            if (data[i + 3] > 200) found.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]);
        }
    }
    return found.size;
}"""


async def colours(page: Page) -> int:
    """How many different colours the chart has."""
    return int(await page.evaluate(COLOURS))


async def test_search_by_korean_name_add_remove_undo_and_remember(browser: Browser, up: Running) -> None:
    seen = await visit(browser, up)
    page = seen.page
    await expect(page.locator(".row")).to_have_count(6)
    await page.locator(".row", has_text="JPMorgan").hover()
    await page.get_by_role("button", name="Remove from watchlist: JPMorgan Chase").click()
    await expect(page.locator(".row")).to_have_count(5)
    await page.get_by_role("button", name="Undo").click()
    await expect(page.locator(".row")).to_have_count(6)
    for name in ("Samsung Electronics", "Bitcoin"):
        await page.locator(".row", has_text=name).hover()
        await page.get_by_role("button", name=f"Remove from watchlist: {name}").click()
    await expect(page.locator(".row")).to_have_count(4)
    await page.get_by_role("searchbox").fill(unicodedata.normalize("NFD", "삼성"))
    await expect(page.locator(".row")).to_have_count(1)
    await page.get_by_role("button", name="Add to watchlist: Samsung Electronics").click()
    await page.get_by_role("searchbox").press("Escape")
    await expect(page.locator(".row")).to_have_count(5)
    await page.reload()
    await expect(page.locator(".row")).to_have_count(5)
    await expect(page.locator(".row").last).to_contain_text("Samsung Electronics")
    await page.locator("#industry").select_option("semiconductors")
    await expect(page.locator(".row .symbol")).to_have_text(["005930.KS", "NVDA"])
    await page.get_by_role("searchbox").fill("no such thing")
    await expect(page.locator(".empty").first).to_have_text("No instrument matches.")
    assert seen.errors == []


DRAWN = """() => {
    window.drawn = [];
    const draw = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
        window.drawn.push(text);
        return draw.call(this, text, ...rest);
    };
}"""


EURO = {
    "symbol": "EURUSD=X", "name_en": "Euro in US dollars", "name_ko": "유로/달러 환율", "exchange": "FX", "currency": "USD",
    "kind": "fx", "sector": "", "aliases": "[]", "active": True,
}  # fmt: skip
OIL = EURO | {"symbol": "CL=F", "name_en": "Crude oil", "name_ko": "원유", "exchange": "CME", "kind": "future"}


@pytest.mark.parametrize(
    ("instrument", "volume", "prices", "shown", "axis"),
    [
        (EURO, 0.0, (1.08, 1.09, 1.08432), "1.08432", r"1\.0[789]\d{3}"),
        (OIL, 1000.0, (18.27, 10.01, -37.63), "\u221237.63", r"\u2212\d0\.00"),
    ],
)
async def test_prices_have_the_decimals_of_their_kind(
    browser: Browser, up: Running, instrument: dict[str, object], volume: float, prices: tuple[float, ...], shown: str, axis: str
) -> None:
    symbol = str(instrument["symbol"])
    async with up.database.begin() as connection:
        await connection.execute(tables.instruments.insert(), [instrument])
    await read_directory(up)
    for n, price in enumerate(prices, 597):
        bar: dict[str, Any] = {"open": price, "high": price, "low": price, "close": price, "volume": volume}
        up.feed.take(market.bar(symbol, n, **bar))
    up.feed.take(market.quote(symbol, 1, last_price=prices[-1], change=-0.00021, change_percent=-0.1, day_low=prices[-1]))
    seen = await visit(browser, up)
    await seen.page.evaluate(DRAWN)
    await seen.page.locator(".row .choose", has_text=str(instrument["name_en"])).click()
    await expect(seen.page.locator(".drawing")).to_have_attribute("data-shows", f"{symbol} 1Day")
    await expect(seen.page.locator("#last")).to_have_text(shown)
    await expect(seen.page.locator(".legend")).to_contain_text(f"C{shown}")
    legend = await seen.page.locator(".legend").inner_text()
    assert ("Vol" in legend) == (volume > 0)

    async def drawn() -> list[str]:
        return [text for text in await seen.page.evaluate("window.drawn") if re.fullmatch(axis, text)]

    await until(drawn, what="the prices of the axis")
    assert seen.errors == []


async def test_the_page_speaks_korean_and_english_and_counts_in_won(browser: Browser, up: Running) -> None:
    for n in range(570, 600):
        up.feed.take(market.bar("005930.KS", n))
        up.feed.take(market.indicators("005930.KS", n))
    seen = await visit(browser, up, locale="ko-KR")
    await seen.page.evaluate(DRAWN)
    await seen.page.locator(".row .choose", has_text="삼성전자").click()
    await expect(seen.page.locator(".drawing")).to_have_attribute("data-shows", "005930.KS 1Day")
    await expect(seen.page.locator("#last")).to_have_text(f"{market.quote('005930.KS', 1).last_price:,.0f}")

    async def axis() -> list[str]:
        return [text for text in await seen.page.evaluate("window.drawn") if re.fullmatch(r"[\d,.]{5,}", text)]

    await until(axis, what="the prices of the axis")
    assert [text for text in await axis() if not re.fullmatch(r"\d{2},\d{3}", text)] == []
    await expect(seen.page.locator(".row", has_text="삼성전자")).to_be_visible()
    await expect(seen.page.locator(".banner")).to_contain_text("재생 데이터")
    await seen.page.get_by_role("button", name="English").click()
    await expect(seen.page.locator(".row", has_text="Samsung Electronics")).to_be_visible()
    await seen.page.reload()
    await expect(seen.page.locator(".row", has_text="Samsung Electronics")).to_be_visible()
    assert await seen.page.evaluate("document.documentElement.lang") == "en"


async def test_everything_can_be_reached_by_keyboard(browser: Browser, up: Running) -> None:
    seen = await visit(browser, up)
    page = seen.page
    await expect(page.locator(".row")).to_have_count(6)
    await page.get_by_role("searchbox").focus()
    await page.keyboard.type("nvidia")
    await expect(page.locator(".row")).to_have_count(1)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("NVIDIA")
    button = page.get_by_role("button", name="1W")
    await button.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="1W")).to_have_attribute("aria-pressed", "true")
    await expect(page.locator(".note")).to_contain_text("No closed bars of this timeframe yet.")
    names = await page.evaluate("[...document.querySelectorAll('button, input, select, a')].filter(e => e.tabIndex < 0).length")
    assert names == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_phone_needs_no_sideways_scrolling(browser: Browser, up: Running, scheme: Scheme) -> None:
    seen = await visit(browser, up, PHONE, scheme=scheme, touch=True)
    await expect(seen.page.locator(".row")).to_have_count(6)
    await expect(seen.page.locator(".drawing")).to_have_attribute("data-bars", "0")
    await seen.page.locator(".row .choose", has_text="Apple").tap()
    await expect(seen.page.locator(".drawing")).to_have_attribute("data-bars", "500")
    assert await seen.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert await colours(seen.page) > 20
    paper = await seen.page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert paper == {"light": "rgb(246, 245, 242)", "dark": "rgb(18, 20, 22)"}[scheme]
    assert seen.errors == []


async def test_names_with_markup_in_them_stay_text(browser: Browser, up: Running) -> None:
    hostile = "<img src=x onerror=\"document.title='owned'\">"
    up.feed.take(market.signal("AAPL", 700, rule=hostile))
    seen = await visit(browser, up)
    await expect(seen.page.locator(".signal").first).to_contain_text("<img src=x")
    assert await seen.page.locator(".signal img").count() == 0
    assert await seen.page.title() != "owned"


async def test_foreign_scripts_do_not_run(browser: Browser, up: Running) -> None:
    seen = await visit(browser, up)
    await expect(seen.page.locator(".row")).to_have_count(6)
    script = "const s = document.createElement('script'); s.textContent = 'window.owned = true'; document.body.append(s)"
    await seen.page.evaluate(f"() => {{ {script} }}")
    assert await seen.page.evaluate("window.owned") is None
    assert any("Content Security Policy" in error for error in seen.errors)


async def test_the_page_comes_back_when_the_gateway_does(browser: Browser, built: Path, tmp_path: Path) -> None:
    async with running(tmp_path, page=built) as first:
        await market.store(first.database)
        await read_directory(first)
        market.fill(first.gateway.market)
        port = int(first.url.rsplit(":", 1)[1])
        seen = await visit(browser, first)
        await expect(seen.page.locator(".link")).to_have_text("Live")
    await expect(seen.page.locator(".link")).to_contain_text("Reconnecting")
    async with running(tmp_path, page=built, port=port) as second:
        await read_directory(second)
        market.fill(second.gateway.market)
        second.feed.take(market.signal("JPM", 900, "golden_cross"))
        second.feed.take(market.quote("AAPL", 5000))
        await expect(seen.page.locator(".link")).to_have_text("Live", timeout=20_000)
        await expect(seen.page.locator(".signal").first).to_contain_text("Golden cross")
        price = f"{market.quote('AAPL', 5000).last_price:,.2f}"
        await expect(seen.page.locator(".row", has_text="Apple").locator(".price")).to_have_text(price)
        up_to = itertools.count(5001)
        second.feed.take(market.quote("AAPL", next(up_to)))
        price = f"{market.quote('AAPL', 5001).last_price:,.2f}"
        await expect(seen.page.locator(".row", has_text="Apple").locator(".price")).to_have_text(price)
        await seen.page.close()
        await until(lambda: not second.gateway.hub.readers)


async def test_industries_show_how_they_stand_and_narrow_the_watchlist(browser: Browser, up: Running) -> None:
    seen = await visit(browser, up, locale="ko-KR")
    page = seen.page
    panel = page.locator(".industries")
    await expect(panel.locator(".view")).to_have_count(2)
    await expect(panel.locator(".view .name")).to_have_text(["반도체", "미국 시장"])
    row = panel.locator(".view", has_text="반도체")
    expected = market.view().median_move
    await expect(row.locator(".median")).to_have_text(f"{expected:+.2%}".replace("-", "\u2212"))
    await expect(row.locator(".movers")).to_contain_text("엔비디아")
    await expect(row.get_by_role("img")).to_have_attribute("aria-label", re.compile("당일 거래 없음 1"))
    up.feed.take(market.view(n=9, median_move=0.0432, advances=2, declines=0, missing=0))
    await expect(row.locator(".median")).to_have_text("+4.32%")
    await expect(row.get_by_role("img")).to_have_attribute("aria-label", "상승 2")
    up.feed.take(market.view("ai", n=9, median_move=0.09))
    await expect(panel.locator(".view .name")).to_have_text(["인공지능", "반도체", "미국 시장"])
    await row.get_by_role("button").click()
    await expect(page.locator(".row")).to_have_count(2)
    await expect(page.locator("#industry")).to_have_value("semiconductors")
    await expect(row.get_by_role("button")).to_have_attribute("aria-pressed", "true")
    await row.get_by_role("button").click()
    await expect(page.locator("#industry")).to_have_value("")
    await page.get_by_role("button", name="English").click()
    await expect(panel.locator(".view .name")).to_have_text(["Artificial intelligence", "Semiconductors", "US market"])
    assert seen.errors == []


async def test_industries_fit_a_phone(browser: Browser, up: Running) -> None:
    seen = await visit(browser, up, PHONE)
    await expect(seen.page.locator(".industries .view")).to_have_count(2)
    box = await seen.page.locator(".industries").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
    assert await seen.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    bar = await seen.page.locator(".industries .breadth").first.bounding_box()
    assert bar is not None
    assert bar["width"] > 200


async def test_before_there_is_anything_the_page_says_what_it_waits_for(browser: Browser, built: Path, tmp_path: Path) -> None:
    async with running(tmp_path, page=built) as up:
        seen = await visit(browser, up)
        await expect(seen.page.locator(".watchlist .empty")).to_have_text("Waiting for the first prices…")
        await expect(seen.page.locator(".feed .empty")).to_contain_text("No signal yet")
        await expect(seen.page.locator(".industries .empty")).to_contain_text("appear with the first prices")
        await expect(seen.page.locator(".banner")).to_be_hidden()
        up.feed.take(market.quote("AAPL", 7, replayed=False, source="yahoo-stream"))
        await expect(seen.page.locator(".row")).to_have_count(1)
        await expect(seen.page.locator(".banner")).to_be_hidden()
        assert seen.errors == []


async def test_an_error_is_shown_and_can_be_tried_again(browser: Browser, up: Running) -> None:
    seen = await visit(browser, up)
    await expect(seen.page.locator(".row")).to_have_count(6)

    async def away(route: Route) -> None:
        await route.fulfill(status=503, json={"detail": "the database does not answer now"})

    await seen.page.route("**/v1/bars?*", away)
    await seen.page.locator(".row .choose", has_text="Apple").click()
    await expect(seen.page.locator(".note")).to_contain_text("the database does not answer now")
    await seen.page.unroute("**/v1/bars?*")
    await seen.page.get_by_role("button", name="Try again").click()
    await expect(seen.page.locator(".drawing")).to_have_attribute("data-bars", "500")
    await expect(seen.page.locator(".note")).to_be_hidden()


async def test_the_documents_page_shows_the_api_without_the_internet(browser: Browser, up: Running) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(f"{up.url}/docs")
    await expect(page.locator(".opblock-summary-path").first).to_be_visible(timeout=15_000)
    await expect(page.locator(".authorization__btn, .auth-wrapper .authorize")).to_have_count(0)
    assert all(url.startswith((up.url, "data:")) for url in asked), asked
    assert "/v1/bars" in (await page.locator(".swagger-ui").inner_text()).replace("\u200b", "")


async def test_files_of_the_page_are_kept_for_ever_and_the_page_is_not(up: Running) -> None:
    import aiohttp

    async with aiohttp.ClientSession(up.url) as client:
        async with client.get("/") as response:
            assert response.headers["Cache-Control"] == "no-cache"
            html = await response.text()
        script = html.split('src="')[1].split('"')[0]
        async with client.get(script) as response:
            assert response.status == 200
            assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            assert "javascript" in response.headers["Content-Type"]
