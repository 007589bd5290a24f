"""Each view of the page in a real browser, in both languages, on a desktop and a phone."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect

from services.gateway.domain.service_states import GroupFinding, ServiceWatch
from shared.events import ConditionHistory, ConditionHistoryJob, StoryArticle, StoryLink, SymbolHistory
from tests.gateway import market, news
from tests.gateway.browsing import PHONE, keep_picture, visit
from tests.gateway.page_gateway import fresh_market, page_gateway
from tests.gateway.running_gateway import RunningGateway
from tests.gateway.test_computed_indicators import Computes
from tests.until import until

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def gateway(built: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningGateway]:
    async with page_gateway(tmp_path_factory.mktemp("gateway"), built, signals=30) as started:
        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def server(browser: Browser, gateway: RunningGateway) -> AsyncIterator[RunningGateway]:
    async with fresh_market(gateway, browser) as fresh:
        yield fresh


async def fits(page: Page, width: int) -> bool:
    """Whether nothing is wider than the screen."""
    return bool(await page.evaluate("document.documentElement.scrollWidth") <= width)


def hostile_article() -> StoryArticle:
    """An article whose address runs a script."""
    (article,) = news.story(1).articles
    return msgspec.structs.replace(article, url="javascript:document.title='owned'")


async def test_the_market_view(browser: Browser, server: RunningGateway) -> None:
    visited = await visit(browser, server, path="/")
    page = visited.page
    await expect(page).to_have_title("Market · Finstage")
    await expect(page.locator(".link")).to_have_text("Replay")
    await expect(page.locator(".replayed-day")).to_have_text("Jan 3, 2023")
    await expect(page.locator(".index")).to_have_count(1)
    await expect(page.locator(".index")).to_contain_text(f"{market.quote('^GSPC', 1).last_price:,.2f}")
    tiles = page.locator(".tiles li")
    await expect(tiles).to_have_count(3)
    chips = page.locator(".tiles li", has_text="Semiconductors")
    await expect(chips).to_have_attribute("data-strength", "2")
    await expect(chips.locator("a")).to_have_attribute("title", re.compile("median .*2 members, 1 up, 0 down, 1 not traded today"))
    unknown = page.locator(".tiles li", has_text="Banks")
    await expect(unknown).to_contain_text("–")
    await expect(unknown.locator("a")).to_have_attribute("title", "Banks: No member has traded yet")
    server.feed.handle_event(market.view(n=9, median_move=-0.05))
    await expect(chips).to_have_attribute("data-strength", "-4")
    await page.locator("#heatmap").get_by_role("button", name="Table").click()
    await expect(page.locator("#heatmap tbody tr")).to_have_count(3)
    await expect(page.locator("#heatmap tbody tr").last.locator(".missing").first).to_have_attribute(
        "title", "No member has traded yet"
    )
    await expect(page.locator("#breadth li").first).to_contain_text("1 up, 0 down, 0 unchanged, 1 not traded today")
    await expect(page.locator("#breadth span.missing").first).to_have_attribute(
        "title", "No member has enough bars for the average"
    )
    moves = page.locator("#movers tbody .move")
    await expect(moves).to_have_count(5)
    shown = [float(text.rstrip("%").replace("\u2212", "-")) for text in await moves.all_text_contents()]
    assert shown == sorted(shown, reverse=True)
    await page.locator("#movers").get_by_role("button", name="Down").click()
    await expect(page.locator("#movers .empty")).to_contain_text("No instrument has moved this way yet")
    server.feed.handle_event(market.quote("JPM", 30, change_percent=-0.125))
    await expect(page.locator("#movers tbody .move")).to_have_text(["\u221212.50%"])
    await expect(page.locator("#mine tbody tr")).to_have_count(6)
    server.feed.handle_event(market.quote("NVDA", 40, day_volume=None))
    await expect(page.locator("#mine tr", has_text="NVIDIA").locator(".missing")).to_have_attribute(
        "title", "The provider reports no volume"
    )
    await expect(page.locator("#latest .signal")).to_have_count(12)
    server.feed.handle_event(news.story(2, articles=(hostile_article(),)))
    story = page.locator('#stories .story[data-id="story-2"]')
    await expect(story).to_contain_text("Story number 2")
    await expect(story).to_contain_text("+1.0% in the first hour")
    assert await story.locator(".story-title a").count() == 0, "an address that is no page of the web is no link"
    server.feed.handle_event(news.story(2, revision=2, title="Story with two articles"))
    await expect(story.locator(".story-title a")).to_have_attribute("href", "https://news.example/2")
    await expect(story).to_contain_text("Story with two articles")
    await page.locator("#heatmap").get_by_role("button", name="Table").click()
    await chips.locator("a").click()
    await expect(page.locator("#members tbody tr")).to_have_count(2)
    assert "#/market/semiconductors" in page.url
    assert visited.errors == []


async def test_the_members_of_an_industry_and_the_market_on_a_phone_in_korean(browser: Browser, server: RunningGateway) -> None:
    visited = await visit(browser, server, PHONE, locale="ko-KR", touch=True, path="/#/market/semiconductors")
    page = visited.page
    rows = page.locator("#members tbody tr")
    await expect(rows).to_have_count(2)
    await expect(rows.first).to_contain_text("엔비디아")
    await expect(rows.first).to_contain_text("1.7")
    await expect(rows.last.locator(".missing").first).to_have_attribute("title", "아직 시세가 없습니다")
    await expect(page.locator("#members h2")).to_have_text("반도체: 구성 종목")
    assert await fits(page, PHONE["width"])
    rise = await page.locator("#breadth .move").first.evaluate("e => getComputedStyle(e).color")
    assert rise == "rgb(192, 44, 55)", "red is up in Korean"
    await page.get_by_role("link", name="차트").tap()
    await expect(page.locator(".row")).to_have_count(6)
    await page.get_by_role("link", name="연구").tap()
    await expect(page.locator("#runs tbody tr", has_text="골든크로스")).to_contain_text("완료")
    for view in ("종목 검색", "알림", "시스템"):
        await page.get_by_role("link", name=view).tap()
        await expect(page.locator("h1")).to_have_text(view)
        await expect(page.locator(".loading")).to_have_count(0)
        await keep_picture(page, f"phone {view}")
        assert await fits(page, PHONE["width"]), view
    assert visited.errors == []


async def test_the_tools_of_the_chart(browser: Browser, server: RunningGateway) -> None:
    visited = await visit(browser, server, path="/#/instrument/AAPL")
    page = visited.page
    drawing = page.locator(".drawing")
    await expect(drawing).to_have_attribute("data-shows", "AAPL 1Day")
    legend = page.locator(".legend")
    tools = page.locator(".tools")
    await tools.get_by_role("button", name="Indicators").click()
    picker = page.get_by_role("dialog", name="Indicators")
    await expect(picker.get_by_role("textbox")).to_be_focused()
    await page.keyboard.type("rsi14")  # its digits would open views
    await picker.get_by_label("RSI 14").check()
    await expect(legend).to_contain_text("RSI 1455")
    await expect(page.locator(".drawing tr")).to_have_count(4)  # the price, a line, the pane of the RSI and the time axis
    server.gateway.computed.jobs = Computes()
    search = picker.get_by_role("textbox")
    await search.fill("RSI_21")
    await search.press("Enter")
    await expect(legend).to_contain_text("RSI 211")
    await search.fill("rsi_501")
    await picker.get_by_role("button", name="Add rsi_501").click()
    await expect(picker.get_by_role("alert")).to_contain_text("rsi_501")
    await expect(picker.get_by_label("RSI 501")).to_have_count(0)
    await expect(legend).to_contain_text("RSI 211")
    await search.press("Escape")
    await tools.get_by_label("Style of the chart").select_option("heikin-ashi")
    await tools.get_by_role("button", name="Log").click()
    await tools.get_by_label("Style of the chart").select_option("line")
    await expect(tools.get_by_role("button", name="Log")).to_have_attribute("aria-pressed", "true")
    await tools.get_by_label("Compare with").select_option("^GSPC")
    assert page.url.endswith("#/instrument/AAPL?compare=%5EGSPC")
    await expect(tools.get_by_label("Compare with")).to_have_value("^GSPC")
    async with page.expect_request(lambda request: "/v1/bars?symbol=NVDA" in request.url):
        await tools.get_by_label("Compare with").select_option("industry:ai")
    await expect(tools.get_by_label("Compare with")).to_have_value("industry:ai")
    await expect(tools.locator(".compare-state")).to_contain_text("in percent from the first bar shown")
    await tools.get_by_label("Compare with").select_option("JPM")
    await expect(tools.locator(".compare-state.warning")).to_have_text(re.compile("has no stored bars of 1D to compare with"))
    await tools.get_by_label("Compare with").select_option("")
    await page.goto(f"{server.url}/#/instrument/%5EGSPC?timeframe=1Week")  # as in the button of an alert
    await expect(drawing).to_have_attribute("data-shows", "^GSPC 1Week")
    await page.goto(f"{server.url}/#/instrument/AAPL?timeframe=1Day")
    await expect(drawing).to_have_attribute("data-shows", "AAPL 1Day")
    await page.locator("summary").click()
    await expect(page.locator(".bar-table tbody tr")).to_have_count(60)
    newest = market.bar("AAPL", 599)
    await expect(page.locator(".bar-table tbody tr").first).to_contain_text(f"{newest.close:,.2f}")
    await page.locator("summary").click()
    feed = page.locator("#feed")
    await feed.get_by_role("button", name="AAPL").click()
    await expect(feed.locator("li")).to_have_count(30 + 3 + 6 + 1)
    await expect(feed).to_contain_text("Double top · target reached")
    await expect(feed).to_contain_text("measured target")
    at = market.bar("AAPL", 598).ts_event - 3_600_000
    told = news.story(7, title="Apple opens a shop", first_seen=at, ts_event=at)
    server.feed.handle_event(told)
    await expect(feed.locator(".story-title").first).to_have_text("Apple opens a shop")
    server.feed.handle_event(news.story(8, title="Chips sell well", industries=(StoryLink(name="semiconductors", reason="topic"),)))
    await feed.get_by_role("button", name="Stories").click()
    await expect(feed.locator(".story", has_text="Apple opens a shop")).to_be_visible()
    await page.locator("#industry").select_option("semiconductors")
    await expect(feed.locator(".story-title")).to_have_text(["Chips sell well"])
    await page.locator("#industry").select_option("")
    await tools.get_by_role("button", name="Alert level").click()
    box = await drawing.bounding_box()
    assert box is not None
    await page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 3)
    await expect(page.locator(".level-box code")).to_have_text(
        re.compile(r"^/alert close crosses (above|below) \d+\.\d\d on 1d for AAPL$")
    )
    await page.locator(".level-box").get_by_label("Timeframe").select_option("5Min")
    await page.locator(".level-box").get_by_label("How often").select_option("once")
    await expect(page.locator(".level-box code")).to_have_text(re.compile(r"^/alert once close crosses .* on 5m for AAPL$"))
    await page.keyboard.press("j")
    await expect(page.locator("h1")).to_have_text("Bitcoin")
    await page.keyboard.press("k")
    await expect(page.locator("h1")).to_have_text("Apple")
    await page.keyboard.press("]")
    await expect(page.get_by_role("button", name="1W")).to_have_attribute("aria-pressed", "true")
    await page.go_back()
    await expect(page.locator("h1")).to_have_text("Bitcoin")
    assert [error for error in visited.errors if "422" not in error] == [], "a column that does not exist is answered with 422"


async def test_a_bar_under_the_pointer_shows_the_record_of_its_signal_and_its_headlines(
    browser: Browser, server: RunningGateway
) -> None:
    server.feed.handle_event(market.signal("AAPL", 598, "golden_cross", quality=market.quality()))
    visited = await visit(browser, server, path="/#/instrument/AAPL")
    page = visited.page
    await expect(page.locator(".drawing")).to_have_attribute("data-shows", "AAPL 1Day")
    at = market.bar("AAPL", 598).ts_event - 3_600_000
    server.feed.handle_event(news.story(7, title="Apple opens a shop", first_seen=at, ts_event=at))
    canvas = await page.locator(".drawing").bounding_box()
    assert canvas is not None
    x = canvas["x"] + canvas["width"] - 55  # the axis of prices is there
    fired = page.locator(".legend .fired", has_text="Golden cross")

    async def found() -> bool:
        nonlocal x
        x -= 5
        await page.mouse.move(x, canvas["y"] + canvas["height"] / 2)
        return bool(await fired.count())

    await until(found, 30, what="the bar of the signal under the pointer")
    await expect(fired).to_contain_text("no better than chance so far: +1.0% in 5 days, any day +0.9% (n = 100 on 90 days)")
    await expect(page.locator(".legend")).to_contain_text("Apple opens a shop")


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


async def test_the_screener(browser: Browser, server: RunningGateway) -> None:
    visited = await visit(browser, server, path="/#/screener")
    page = visited.page
    field = page.get_by_label("Condition")
    await field.fill("rsi_14 < 30 and clos > 3")
    await expect(page.locator(".wrong")).to_contain_text("did you mean close?")
    assert (await page.locator(".wrong pre").inner_text()).splitlines()[-1] == " " * 16 + "^"
    await field.fill("")
    await field.press_sequentially("sma_2")
    await expect(page.get_by_role("option").first).to_contain_text("sma_20")
    await field.press("Enter")
    await expect(field).to_have_value("sma_20")
    await field.press_sequentially(" < 1000")
    await field.press("Escape")
    await expect(page.locator(".verdict")).to_contain_text("20-bar average")
    await page.get_by_label("Add a value").fill("rsi_14")
    await page.get_by_label("Sort by").select_option("rsi_14")
    server.feed.handle_event(market.indicators("NVDA", 600, values={"sma_20": 500.0, "rsi_14": 71.5}))
    start = page.get_by_role("button", name="Screen 6 instruments")
    await start.click()
    rows = page.locator("#results tbody tr")
    await expect(rows).to_have_count(2)
    await expect(page.locator("#results .progress")).to_contain_text("2 of 2 instruments")
    await expect(rows).to_contain_text(["Apple", "NVIDIA"])
    await page.get_by_role("button", name="Largest first").click()
    await start.click()
    await expect(rows).to_contain_text(["NVIDIA", "Apple"])
    await expect(rows.first).to_contain_text("71.5")
    server.feed.handle_event(market.quote("AAPL", 77))
    await expect(rows.last.locator(".price")).to_have_text(f"{market.quote('AAPL', 77).last_price:,.2f}")
    await page.get_by_label("Look through").select_option("semiconductors")
    await page.get_by_role("button", name="Screen 2 instruments").click()
    await expect(rows).to_contain_text(["NVIDIA"])
    await page.get_by_label("Exchange").check()
    await page.get_by_label("Name of the screen").fill("Below a thousand")
    await page.get_by_role("button", name="Keep").click()
    await page.reload()
    await expect(rows).to_contain_text(["NVIDIA"])  # its address runs it
    await expect(page.get_by_label("Condition")).to_have_value("sma_20 < 1000 on 1d")
    await expect(page.get_by_label("Sort by")).to_have_value("rsi_14")
    await page.get_by_label("Condition").fill("")
    await page.locator("#kept").get_by_role("button", name="Below a thousand").first.click()
    await expect(page.get_by_label("Condition")).to_have_value("sma_20 < 1000 on 1d")
    await expect(page.get_by_label("Exchange")).to_be_checked()
    await page.get_by_role("link", name="Alert me on this").click()
    await expect(page.locator(".copy-line code").first).to_have_text("/alert sma_20 < 1000 on 1d for industry:semiconductors")
    assert [error for error in visited.errors if "422" not in error] == [], "a wrong condition is answered with 422"


async def test_a_screen_that_looks_further_back_is_done_by_analysis(browser: Browser, server: RunningGateway) -> None:
    visited = await visit(browser, server, path="/#/screener?condition=close%20%3E%20sma_20%20for%203%20bars%20on%201d")
    page = visited.page
    start = page.get_by_role("button", name="Screen 6 instruments")
    await expect(page.locator("#results")).to_contain_text("Analysis is not connected here")
    server.gateway.research = histories = Histories()  # type: ignore[assignment]
    await start.click()
    rows = page.locator("#results tbody tr")
    await expect(rows).to_have_count(2)
    await expect(rows.first).to_contain_text("Apple")
    await expect(page.locator("#results .progress")).to_contain_text("2 of 6 instruments")
    assert sorted(histories.asked[-1]) == sorted(market.BASE)
    await page.get_by_label("Look through").select_option("banks")
    await page.get_by_role("button", name="Screen 1 instruments").click()
    await expect(page.locator("#results .empty")).to_contain_text("holds for no instrument now")
    await page.get_by_role("link", name="Alert me on this").click()
    await expect(page.locator("#builder tbody tr")).to_contain_text("3 of 600 bars")
    await page.locator("#builder").get_by_role("button", name="Copy").click()
    await expect(page.locator(".toast")).to_be_visible()
    assert [error for error in visited.errors if "422" not in error] == []


async def test_the_system_view(browser: Browser, server: RunningGateway) -> None:
    now = server.gateway.clock()
    server.gateway.market.last_analysis_at = now
    server.gateway.progress.measure({0: (0, 9)}, {0: 2}, now)
    server.gateway.services = ServiceWatch(server.gateway.services.groups)
    server.gateway.services.store({"analysis-live": GroupFinding(2, 0), "analysis-research": GroupFinding(0, 3)}, now)
    visited = await visit(browser, server, path="/#/system")
    page = visited.page
    services = page.locator("main .panel").first.locator("tbody tr")
    await expect(services).to_have_count(7)
    await expect(services.filter(has_text="Analysis, live").locator(".state.running")).to_have_text("runs")
    await expect(services.filter(has_text="Analysis, live").locator(".numeric")).to_have_text(["7", "2"])
    await expect(services.filter(has_text="Analysis, research").locator(".state.stopped")).to_have_text("stopped")
    await expect(services.filter(has_text="Notifier").locator(".state.not_seen")).to_have_text("not seen")
    await expect(page.locator("#flow")).to_contain_text("Ticks that wait for analysis7")
    await expect(page.locator("#sources .empty")).to_contain_text("a tape is played")
    rows = page.locator("#age tbody tr")
    await expect(rows).to_have_count(4)
    await expect(rows.filter(has_text="NASDAQ")).to_contain_text("NASDAQ22")
    await expect(page.locator("#connection")).to_contain_text("Streamopen")
    await expect(page.locator("#feeds tbody tr")).to_contain_text("fed-press")
    await expect(page.locator("#rejected .missing")).to_have_count(2)
    server.gateway.rejected = {"market.quarantine.v1": 3, "market.ticks.v1.dlq": 2, "market.bars.v1.dlq": 0}
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await expect(page.locator("#rejected dl")).to_have_text(re.compile(r"days3Dead letters market\.ticks\.v1\.dlq2$"))
    await expect(page.locator("#queue .empty")).to_contain_text("No job waits or runs")

    async def away(route: Route) -> None:
        await route.fulfill(status=503, json={"detail": "the database does not answer now"})

    await page.route("**/v1/status", away)
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await expect(page.locator("#flow .failure")).to_contain_text("the database does not answer now")
    await page.unroute("**/v1/status")
    await expect(page.locator("#flow")).to_contain_text("Analysis is silent")


async def test_settings_are_kept_and_keys_open_views(browser: Browser, server: RunningGateway) -> None:
    visited = await visit(browser, server, path="/#/instrument/AAPL", scheme="light")
    page = visited.page
    await page.get_by_role("button", name="Settings").click()
    await page.get_by_label("Theme").select_option("dark")
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    await until(lambda: page.evaluate(f"{paper} === 'rgb(18, 20, 22)'"), what="the dark page")
    await page.get_by_label("Rise and fall").select_option("red-up")
    assert await page.locator(".now .up").evaluate("e => getComputedStyle(e).color") == "rgb(240, 117, 122)"
    await page.get_by_label("Times in").select_option("exchange")
    await expect(page.locator(".now time")).to_have_text("Jan 3, 2023 17:00")
    await page.get_by_label("Times in").select_option("korea")
    await expect(page.locator(".now time")).to_have_text("Jan 4, 2023 07:00")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog", name="Settings")).to_have_count(0)
    await page.get_by_role("button", name="Settings").click()
    await page.get_by_role("combobox", name="Language", exact=True).select_option("ko")
    await expect(page.locator("h1")).to_have_text("애플")
    await page.reload()
    await expect(page.locator(".now time")).to_have_text("2023년 1월 4일 07:00")
    await page.keyboard.press("1")
    await expect(page.locator("#heatmap")).to_be_visible()
    await page.keyboard.press("/")
    await expect(page.get_by_role("searchbox")).to_be_focused()
    await page.keyboard.press("Escape")
    await page.evaluate("document.activeElement.blur()")
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="단축키")).to_be_visible()
    manifest = await page.evaluate("fetch(document.querySelector('link[rel=manifest]').href).then(r => r.json())")
    assert (manifest["display"], manifest["start_url"], manifest["icons"][0]["sizes"]) == ("standalone", "/", "any")
    assert visited.errors == []


AXE = Path(__file__).parents[2] / "services/gateway/page/node_modules/axe-core/axe.min.js"
AXE_RUN = "axe.run(document, {resultTypes: ['violations'], preload: false})"
"""Without reading the style sheets again: only rules about turned screens need them."""
VIEWS = (
    "/",
    "/#/market/semiconductors",
    "/#/instrument/AAPL",
    "/#/screener?condition=close%20%3E%20sma_20",
    "/#/research/records",
    "/#/research",
    "/#/research/new",
    "/#/research/runs/backtest-1",
    "/#/research/datasets",
    "/#/alerts",
    "/#/system",
)


@pytest.mark.parametrize(("locale", "dark"), [("en-US", False), ("ko-KR", True)])
async def test_nothing_serious_is_found_by_axe(browser: Browser, server: RunningGateway, locale: str, dark: bool) -> None:
    script = AXE.read_text(encoding="utf-8")
    visited = await visit(browser, server, locale=locale, scheme="dark" if dark else "light", path=VIEWS[0])
    page = visited.page
    await page.evaluate(script)
    for path in VIEWS:
        await page.evaluate("hash => { location.hash = hash }", path.partition("#")[2])
        await expect(page.locator(".loading")).to_have_count(0)
        await expect(page.locator(".drawing[aria-busy]")).to_have_count(0)
        await expect(page.locator("h1").first).to_be_attached()
        await keep_picture(page, f"{locale} {path.partition('#')[2].partition('?')[0].strip('/').replace('/', ' ') or 'market'}")
        found: dict[str, Any] = await page.evaluate(AXE_RUN)
        serious = [
            (path, each["id"], [node["html"][:160] for node in each["nodes"][:3]])
            for each in found["violations"]
            if each["impact"] in ("serious", "critical")
        ]
        assert serious == [], json.dumps(serious, indent=1)
