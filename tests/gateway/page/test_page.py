"""The page in a real browser."""

from __future__ import annotations

import datetime as dt
import itertools
import re
import unicodedata
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.async_api import Browser, Page, Route, expect

from services.gateway.domain.analysis_progress import SILENT_MS
from shared import tables
from shared.events import Timeframe
from tests.gateway import market
from tests.gateway.browsing import PHONE, Scheme, visit
from tests.gateway.running_gateway import RunningGateway, read_directory, running_gateway
from tests.gateway.visitors import Visitor, visitors
from tests.until import until

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

TODAY = 600 * 86_400  # quotes of the day after the last bar


async def test_quotes_chart_and_signals_update_live(browser: Browser, server: RunningGateway) -> None:
    visited = await visit(browser, server)
    page = visited.page
    await expect(page.locator(".link")).to_have_text("Replay")
    await expect(page.locator(".banner")).to_contain_text("Replayed data")
    row = page.locator(".row", has_text="Apple")
    await row.locator(".choose").click()
    await expect(page.locator(".drawing")).to_have_attribute("data-shows", "AAPL 1Day")
    await expect(page.locator(".drawing")).to_have_attribute("data-bars", "500")
    await expect(page.locator("h1")).to_have_text("Apple")
    now = server.gateway.clock()
    server.gateway.market.last_analysis_at = now - SILENT_MS  # long before the page calls it quiet
    server.gateway.progress.measure({0: (0, 9)}, {0: 5}, now - SILENT_MS)
    await page.evaluate(REFRESH_STATUS)
    since = dt.datetime.fromtimestamp(server.gateway.market.last_analysis_at // 1000).astimezone().strftime("%H:%M")
    await expect(page.locator(".link")).to_have_text(re.compile(f"^No news from analysis since .*{since}$"))
    server.gateway.progress.measure({0: (0, 9)}, {0: 9}, now)
    await page.evaluate(REFRESH_STATUS)
    await expect(page.locator(".link")).to_have_text("Replay")
    server.gateway.market.last_analysis_at = now - 3_600_000
    await page.evaluate(REFRESH_STATUS)
    await expect(page.locator(".link")).to_contain_text("No new prices since")
    server.gateway.market.last_analysis_at = now
    before = await row.locator(".price").text_content()
    server.feed.handle_event(market.quote("AAPL", TODAY + 3))
    expected = f"{market.quote('AAPL', TODAY + 3).last_price:,.2f}"
    assert expected != before
    await expect(row.locator(".price")).to_have_text(expected)
    await expect(page.locator("#last")).to_have_text(expected)
    await expect(page).to_have_title(f"{expected} AAPL · Finstage")
    await expect(page.locator(".legend")).to_contain_text("forming")
    await expect(page.locator(".legend")).to_contain_text("SMA 200")
    await drawn(page, 20)  # candles, averages and text
    server.feed.handle_event(market.signal("NVDA", 610, "golden_cross"))
    top = page.locator(".signal").first
    await expect(top).to_contain_text("Golden cross")
    await expect(top).to_contain_text("no record yet")
    await expect(top).to_contain_text("NVIDIA")
    for number, validated, words in (
        (611, False, "no better than chance so far: +1.0% in 5 days, any day +0.9% (n = 100 on 90 days)"),
        (612, True, "past 8 years, out of sample: 50% of 100, +1.0% in 5 days, worst −10%"),
    ):
        fired = market.signal("NVDA", number, "golden_cross")
        server.feed.handle_event(msgspec.structs.replace(fired, quality=market.quality(validated=validated)))
        await expect(top).to_contain_text(words)
    server.feed.handle_event(market.bar("AAPL", 600))
    server.feed.handle_event(market.indicators("AAPL", 600))
    await expect(page.locator(".legend")).to_contain_text(f"{market.bar('AAPL', 600).close:,.2f}")
    assert visited.errors == []


REFRESH_STATUS = "document.dispatchEvent(new Event('visibilitychange'))"

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


async def drawn(page: Page, colours: int) -> None:
    """Wait until the chart has more different colours than this: it draws in a later frame than the page's texts."""

    async def enough() -> bool:
        return int(await page.evaluate(COLOURS)) > colours

    await until(enough, 30, f"a chart of more than {colours} colours")


@visitors
async def test_the_watchlist_is_searched_changed_undone_and_stored(
    browser: Browser, server: RunningGateway, visitor: Visitor
) -> None:
    visited = await visitor.open(browser, server, "/#/instrument")
    page, say, rows = visited.page, visitor.say, visited.page.locator(".row")
    await expect(rows).to_have_count(6)
    for number, symbol in enumerate(("JPM", "005930.KS", "BTC-USD")):
        await rows.filter(has_text=visitor.name(symbol)).hover()
        await visitor.press(page.get_by_role("button", name=f"{say('remove-from')}: {visitor.name(symbol)}"))
        if not number:
            await expect(rows).to_have_count(5)
            await visitor.press(page.get_by_role("button", name=say("undo")))
            await expect(rows).to_have_count(6)
    await expect(rows).to_have_count(4)
    await page.get_by_role("searchbox").fill(unicodedata.normalize("NFD", "삼성"))
    await expect(rows).to_have_count(1)
    await visitor.press(page.get_by_role("button", name=f"{say('add-to')}: {visitor.name('005930.KS')}"))
    await page.get_by_role("searchbox").fill("")
    await expect(rows).to_have_count(5)
    await page.reload()
    await expect(rows).to_have_count(5)
    await expect(rows.last).to_contain_text(visitor.name("005930.KS"))
    await page.locator("#industry").select_option("semiconductors")
    await expect(page.locator(".row .symbol")).to_have_text(["005930.KS", "NVDA"])
    await page.get_by_role("searchbox").fill("no such thing")
    await expect(page.locator(".empty").first).to_have_text(say("no-match"))
    await page.get_by_role("searchbox").fill("nvid")
    await expect(rows).to_have_count(1)
    await visitor.press(rows.locator(".choose"))
    await expect(page.locator("h1")).to_have_text(visitor.name("NVDA"))
    assert await visitor.fits(visited)
    assert visited.errors == []


DRAWN = """
window.drawn = [];
const draw = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
    window.drawn.push(text);
    return draw.call(this, text, ...rest);
};
"""
"""Keeps the texts of a chart from its first frame on: a chart that is there already is not drawn again."""


EURO = {
    "symbol": "EURUSD=X", "name_en": "Euro in US dollars", "name_ko": "유로/달러 환율", "exchange": "FX", "currency": "USD",
    "kind": "fx", "sector": "", "aliases": "[]", "active": True,
}  # fmt: skip
OIL = EURO | {"symbol": "CL=F", "name_en": "Crude oil", "name_ko": "원유", "exchange": "CME", "kind": "future"}


PRICED = (
    (EURO, 0.0, (1.08, 1.09, 1.08432), "1.08432", r"1\.0[789]\d{3}"),
    (OIL, 1000.0, (18.27, 10.01, -37.63), "\u221237.63", r"\u2212\d0\.00"),
)
"""Instrument, volume, closes, the price as the page shows it, and the prices of the axis."""


async def test_prices_have_the_decimals_of_their_instrument_kind(browser: Browser, server: RunningGateway) -> None:
    async with server.database.begin() as connection:
        await connection.execute(tables.instruments.insert(), [EURO, OIL])
    await read_directory(server)
    for instrument, volume, prices, _, _ in PRICED:
        symbol = str(instrument["symbol"])
        for n, price in enumerate(prices, 597):
            bar: dict[str, Any] = {"open": price, "high": price, "low": price, "close": price, "volume": volume}
            server.feed.handle_event(market.bar(symbol, n, **bar))
        server.feed.handle_event(
            market.quote(symbol, 1, last_price=prices[-1], change=-0.00021, change_percent=-0.1, day_low=prices[-1])
        )
    visited = await visit(browser, server, script=DRAWN)
    page = visited.page
    for instrument, volume, _, shown, axis in PRICED:
        await page.locator(".row .choose", has_text=str(instrument["name_en"])).click()
        await expect(page.locator(".drawing")).to_have_attribute("data-shows", f"{instrument['symbol']} 1Day")
        await expect(page.locator("#last")).to_have_text(shown)
        await expect(page.locator(".legend")).to_contain_text(f"C{shown}")
        assert ("Vol" in await page.locator(".legend").inner_text()) == (volume > 0)

        async def drawn(axis: str = axis) -> list[str]:
            return [text for text in await page.evaluate("window.drawn") if re.fullmatch(axis, text)]

        await until(drawn, what="the prices of the axis")
    assert visited.errors == []


async def test_the_page_is_in_korean_or_english_and_shows_won_without_decimals(browser: Browser, server: RunningGateway) -> None:
    for n in range(570, 600):
        server.feed.handle_event(market.bar("005930.KS", n))
        server.feed.handle_event(market.indicators("005930.KS", n))
    visited = await visit(browser, server, locale="ko-KR", script=DRAWN)
    await visited.page.locator(".row .choose", has_text="삼성전자").click()
    await expect(visited.page.locator(".drawing")).to_have_attribute("data-shows", "005930.KS 1Day")
    await expect(visited.page.locator("#last")).to_have_text(f"{market.quote('005930.KS', 1).last_price:,.0f}")

    async def axis() -> list[str]:
        return [text for text in await visited.page.evaluate("window.drawn") if re.fullmatch(r"[\d,.]{5,}", text)]

    await until(axis, what="the prices of the axis")
    assert [text for text in await axis() if not re.fullmatch(r"\d{2},\d{3}", text)] == []
    await expect(visited.page.locator(".row", has_text="삼성전자")).to_be_visible()
    await expect(visited.page.locator(".banner")).to_contain_text("재생 데이터")
    await visited.page.get_by_role("button", name="English").click()
    await expect(visited.page.locator(".row", has_text="Samsung Electronics")).to_be_visible()
    await visited.page.reload()
    await expect(visited.page.locator(".row", has_text="Samsung Electronics")).to_be_visible()
    assert await visited.page.evaluate("document.documentElement.lang") == "en"


async def test_all_controls_can_be_used_by_keyboard(browser: Browser, server: RunningGateway) -> None:
    visited = await visit(browser, server)
    page = visited.page
    await expect(page.locator(".row")).to_have_count(6)
    await page.get_by_role("searchbox").focus()
    await page.keyboard.type("bitcoin")
    await page.keyboard.press("Enter")  # before the list has the matches
    await expect(page.locator("h1")).to_have_text("Bitcoin")
    await page.get_by_role("searchbox").fill("")
    await expect(page.locator(".row")).to_have_count(6)
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


async def test_every_timeframe_can_be_chosen(browser: Browser, server: RunningGateway) -> None:
    chosen = {"30m": Timeframe.M30, "4h": Timeframe.H4, "1Mo": Timeframe.MN1}
    for timeframe in chosen.values():
        for n in range(60):
            server.feed.handle_event(market.bar("AAPL", n, timeframe))
    visited = await visit(browser, server)
    page = visited.page
    labels = ["1m", "5m", "15m", "30m", "1h", "4h", "1D", "1W", "1Mo"]
    await expect(page.locator(".frames button")).to_have_text(labels)
    await page.locator(".row", has_text="Apple").click()
    for label, timeframe in chosen.items():
        await page.get_by_role("button", name=label, exact=True).click()
        await expect(page.locator(f'[data-shows="AAPL {timeframe.row.api}"]')).to_be_visible()
        await expect(page.locator(".legend")).to_contain_text(f"{market.bar('AAPL', 59, timeframe).close:,.2f}")
        await drawn(page, 5)
    assert visited.errors == []


async def test_the_page_fits_the_width_of_a_phone_and_follows_light_and_dark(browser: Browser, server: RunningGateway) -> None:
    visited = await visit(browser, server, PHONE, scheme="light", touch=True)
    page = visited.page
    await expect(page.locator(".row")).to_have_count(6)
    await expect(page.locator(".drawing")).to_have_attribute("data-bars", "0")
    await page.locator(".row .choose", has_text="Apple").tap()
    await expect(page.locator(".drawing")).to_have_attribute("data-bars", "500")
    papers: dict[Scheme, str] = {"light": "rgb(246, 245, 242)", "dark": "rgb(18, 20, 22)"}
    for scheme, paper in papers.items():
        await page.emulate_media(color_scheme=scheme)
        await expect(page.locator("html")).to_have_css("background-color", paper)
        await expect(page.locator("html")).to_have_attribute("data-scheme", scheme)
        await drawn(page, 20)
        assert await page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    await expect(page.locator(".industries .view-row")).to_have_count(2)
    box, bar = await page.locator(".industries").bounding_box(), await page.locator(".industries .breadth").first.bounding_box()
    assert box is not None
    assert bar is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
    assert bar["width"] > 200
    assert visited.errors == []


async def test_markup_in_names_is_text_and_inserted_scripts_do_not_run(browser: Browser, server: RunningGateway) -> None:
    hostile = "<img src=x onerror=\"document.title='owned'\">"
    server.feed.handle_event(market.signal("AAPL", 700, rule=hostile))
    visited = await visit(browser, server)
    await expect(visited.page.locator(".signal").first).to_contain_text("<img src=x")
    assert await visited.page.locator(".signal img").count() == 0
    assert await visited.page.title() != "owned"
    assert visited.errors == []
    script = "const s = document.createElement('script'); s.textContent = 'window.owned = true'; document.body.append(s)"
    await visited.page.evaluate(f"() => {{ {script} }}")
    assert await visited.page.evaluate("window.owned") is None
    assert any("Content Security Policy" in error for error in visited.errors)


async def test_the_page_reconnects_after_a_restart_of_the_gateway(browser: Browser, built: Path, tmp_path: Path) -> None:
    async with running_gateway(tmp_path, page=built) as first:
        await market.store(first.database)
        await read_directory(first)
        market.fill(first.gateway.market)
        port = int(first.url.rsplit(":", 1)[1])
        visited = await visit(browser, first)
        await expect(visited.page.locator(".link")).to_have_text("Replay")
    await expect(visited.page.locator(".link")).to_contain_text("Reconnecting")
    async with running_gateway(tmp_path, page=built, port=port) as second:
        await read_directory(second)
        market.fill(second.gateway.market)
        second.feed.handle_event(market.signal("JPM", 900, "golden_cross"))
        second.feed.handle_event(market.quote("AAPL", 5000))
        await expect(visited.page.locator(".link")).to_have_text("Replay")
        await expect(visited.page.locator(".signal").first).to_contain_text("Golden cross")
        price = f"{market.quote('AAPL', 5000).last_price:,.2f}"
        await expect(visited.page.locator(".row", has_text="Apple").locator(".price")).to_have_text(price)
        up_to = itertools.count(5001)
        second.feed.handle_event(market.quote("AAPL", next(up_to)))
        price = f"{market.quote('AAPL', 5001).last_price:,.2f}"
        await expect(visited.page.locator(".row", has_text="Apple").locator(".price")).to_have_text(price)
        await visited.page.close()
        await until(lambda: not second.gateway.hub.subscribers)


async def test_industries_show_their_views_and_filter_the_watchlist(browser: Browser, server: RunningGateway) -> None:
    visited = await visit(browser, server, locale="ko-KR")
    page = visited.page
    panel = page.locator(".industries")
    await expect(panel.locator(".view-row")).to_have_count(2)
    await expect(panel.locator(".view-row .name")).to_have_text(["반도체", "미국 시장"])
    row = panel.locator(".view-row", has_text="반도체")
    expected = market.view().median_move
    await expect(row.locator(".median")).to_have_text(f"{expected:+.2%}".replace("-", "\u2212"))
    await expect(row.locator(".movers")).to_contain_text("엔비디아")
    await expect(row.get_by_role("img")).to_have_attribute("aria-label", re.compile("당일 거래 없음 1"))
    server.feed.handle_event(market.view(n=9, median_move=0.0432, advances=2, declines=0, missing=0))
    await expect(row.locator(".median")).to_have_text("+4.32%")
    await expect(row.get_by_role("img")).to_have_attribute("aria-label", "상승 2")
    server.feed.handle_event(market.view("ai", n=9, median_move=0.09))
    await expect(panel.locator(".view-row .name")).to_have_text(["인공지능", "반도체", "미국 시장"])
    await row.get_by_role("button").click()
    await expect(page.locator(".row")).to_have_count(2)
    await expect(page.locator("#industry")).to_have_value("semiconductors")
    await expect(row.get_by_role("button")).to_have_attribute("aria-pressed", "true")
    await row.get_by_role("button").click()
    await expect(page.locator("#industry")).to_have_value("")
    await page.get_by_role("button", name="English").click()
    await expect(panel.locator(".view-row .name")).to_have_text(["Artificial intelligence", "Semiconductors", "US market"])
    assert visited.errors == []


async def test_an_empty_page_says_that_it_waits_for_prices(browser: Browser, built: Path, tmp_path: Path) -> None:
    async with running_gateway(tmp_path, page=built) as server:
        visited = await visit(browser, server)
        await expect(visited.page.locator(".watchlist .empty")).to_have_text("Waiting for the first prices…")
        await expect(visited.page.locator(".feed .empty")).to_contain_text("No signal yet")
        await expect(visited.page.locator(".industries .empty")).to_contain_text("appear with the first prices")
        await expect(visited.page.locator(".banner")).to_be_hidden()
        server.feed.handle_event(market.quote("AAPL", 7, replayed=False, source="yahoo-stream"))
        await expect(visited.page.locator(".row")).to_have_count(1)
        await expect(visited.page.locator(".banner")).to_be_hidden()
        assert visited.errors == []


async def test_an_error_is_shown_and_the_read_can_be_repeated(browser: Browser, server: RunningGateway) -> None:
    page = (await visit(browser, server)).page
    await expect(page.locator(".row")).to_have_count(6)
    again = page.get_by_role("button", name="Try again")

    async def away_until_the_click(route: Route) -> None:  # the page repeats the read by itself too, and then the button is gone
        if await page.evaluate("window.isClicked"):
            await route.continue_()
        else:
            await route.fulfill(status=503, json={"detail": "the database does not answer now"})

    await page.route("**/v1/bars?*", away_until_the_click)
    await page.locator(".row .choose", has_text="Apple").click()
    await expect(page.locator(".note")).to_contain_text("the database does not answer now")
    await again.evaluate("button => button.addEventListener('click', () => { window.isClicked = true }, { capture: true })")
    await again.click()
    await expect(page.locator(".drawing")).to_have_attribute("data-bars", "500")
    await expect(page.locator(".note")).to_be_hidden()


async def only_bars(route: Route) -> None:
    """The document with one of its paths: drawing all of them takes seconds."""
    answer = await route.fetch()
    document = await answer.json()
    await route.fulfill(response=answer, json=document | {"paths": {"/v1/bars": document["paths"]["/v1/bars"]}})


async def test_the_api_document_loads_nothing_from_other_hosts(browser: Browser, server: RunningGateway) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    await page.route("**/openapi.json", only_bars)
    await page.goto(f"{server.url}/docs")
    await expect(page.locator(".opblock-summary-path").first).to_be_visible()
    await expect(page.locator(".auth-wrapper .authorize")).to_have_count(1)  # a key can be given there
    assert all(url.startswith((server.url, "data:")) for url in requested), requested
    assert "/v1/bars" in (await page.locator(".swagger-ui").inner_text()).replace("\u200b", "")


async def test_assets_are_cached_as_immutable_and_the_page_is_revalidated(server: RunningGateway) -> None:
    import aiohttp

    async with aiohttp.ClientSession(server.url) as client:
        async with client.get("/") as response:
            assert response.headers["Cache-Control"] == "no-cache"
            html = await response.text()
        script = html.split('src="')[1].split('"')[0]
        async with client.get(script) as response:
            assert response.status == 200
            assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            assert "javascript" in response.headers["Content-Type"]
