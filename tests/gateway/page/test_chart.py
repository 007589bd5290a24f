"""The chart of an instrument: its tools, an alert of a price level, what stands beside it and under the pointer."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, Page, expect

from shared.events import StoryLink
from tests.gateway import market, news
from tests.gateway.browsing import keep_picture, visit
from tests.gateway.running_gateway import RunningGateway
from tests.gateway.test_computed_indicators import Computes
from tests.gateway.visitors import Visitor, visitors
from tests.until import until

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

DAY = {"en": "1D", "ko": "일"}
PAINTED = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


@visitors
async def test_the_tools_of_the_chart(browser: Browser, server: RunningGateway, visitor: Visitor) -> None:
    visited = await visitor.open(browser, server, "/#/instrument/AAPL")
    page, say = visited.page, visitor.say
    drawing, legend, tools = page.locator(".drawing"), page.locator(".legend"), page.locator(".tools")
    await expect(drawing).to_have_attribute("data-shows", "AAPL 1Day")
    await indicators(visitor, page, server)
    style = tools.get_by_label(say("chart-style"))
    await style.select_option("heikin-ashi")
    await visitor.press(tools.get_by_role("button", name=say("show-log")))
    await style.select_option("line")
    await expect(tools.get_by_role("button", name=say("show-log"))).to_have_attribute("aria-pressed", "true")
    other = tools.get_by_role("combobox", name=say("compare"), exact=True)
    await other.select_option("^GSPC")
    await expect(page).to_have_url(f"{server.url}/#/instrument/AAPL?compare=%5EGSPC")
    await expect(other).to_have_value("^GSPC")
    async with page.expect_request(lambda request: "/v1/bars?symbol=NVDA" in request.url):
        await other.select_option("industry:ai")
    await expect(other).to_have_value("industry:ai")
    mean = say("industry-mean", name=visitor.name("ai"))
    await expect(tools.locator(".compare-state")).to_have_text(say("compare-hides", name=mean))
    await other.select_option("JPM")
    without = say("compare-without-bars", name=visitor.name("JPM"), timeframe=DAY[visitor.language])
    await expect(tools.locator(".compare-state.warning")).to_have_text(without)
    await other.select_option("")
    await page.goto(f"{server.url}/#/instrument/%5EGSPC?timeframe=1Week")  # as in the button of an alert
    await expect(drawing).to_have_attribute("data-shows", "^GSPC 1Week")
    await page.goto(f"{server.url}/#/instrument/AAPL?timeframe=1Day")
    await expect(drawing).to_have_attribute("data-shows", "AAPL 1Day")
    await visitor.press(page.locator("summary"))
    await expect(page.locator(".bar-table tbody tr")).to_have_count(60)
    newest = market.bar("AAPL", 599)
    await expect(page.locator(".bar-table tbody tr").first).to_contain_text(f"{newest.close:,.2f}")
    assert await visitor.fits(visited)
    await visitor.press(page.locator("summary"))
    await expect(legend).to_contain_text("RSI 21")
    assert [error for error in visited.errors if "422" not in error] == [], "a column that does not exist is answered with 422"


async def indicators(visitor: Visitor, page: Page, server: RunningGateway) -> None:
    """Draw one of the row, add one with another parameter, and name one that is wrong."""
    legend, say = page.locator(".legend"), visitor.say
    await visitor.press(page.locator(".tools").get_by_role("button", name=say("indicators")))
    picker = page.get_by_role("dialog", name=say("indicators"))
    search = picker.get_by_role("textbox")
    await expect(search).to_be_focused()
    await page.keyboard.type("rsi14")  # its digits would open views
    await visitor.press(picker.get_by_label("RSI 14"))
    await expect(legend).to_contain_text("RSI 1455")
    await expect(page.locator(".drawing tr")).to_have_count(4)  # the price, a line, the pane of the RSI and the time axis
    server.gateway.computed.jobs = Computes()
    await search.fill("RSI_21")
    await search.press("Enter")
    await expect(legend).to_contain_text("RSI 211")
    await search.fill("rsi_501")
    await visitor.press(picker.get_by_role("button", name=say("indicator-add", name="rsi_501")))
    await expect(picker.get_by_role("alert")).to_contain_text("rsi_501")
    await expect(picker.get_by_label("RSI 501")).to_have_count(0)
    await expect(legend).to_contain_text("RSI 211")
    assert await visitor.shows_all_of(picker)
    await keep_picture(page, f"{visitor} indicators")
    if visitor.is_phone:
        await visitor.press(page.locator(".tools").get_by_role("button", name=say("indicators")))
    else:
        await search.press("Escape")
    await expect(picker).to_have_count(0)


@visitors
async def test_a_price_level_becomes_an_alert(browser: Browser, server: RunningGateway, visitor: Visitor) -> None:
    visited = await visitor.open(browser, server, "/#/instrument/AAPL")
    page, say = visited.page, visitor.say
    await expect(page.locator(".drawing")).to_have_attribute("data-shows", "AAPL 1Day")
    level, command = page.locator(".level-box"), page.locator(".level-box code")
    await visitor.press(page.locator(".tools").get_by_role("button", name=say("alert-level")))
    await expect(level).to_contain_text(say("alert-level-pick"))
    await visitor.press_at(page.locator(".drawing"), 1 / 2, 1 / 3)
    await expect(command).to_have_text(re.compile(r"^/alert close crosses (above|below) \d+\.\d\d on 1d for AAPL$"))
    await level.get_by_label(say("price"), exact=True).fill("123.456")
    await expect(command).to_have_text("/alert close crosses below 123.46 on 1d for AAPL")
    await level.get_by_label(say("timeframe")).select_option("5Min")
    await level.get_by_label(say("alert-frequency")).select_option("once")
    await expect(command).to_have_text("/alert once close crosses below 123.46 on 5m for AAPL")
    assert await visitor.fits(visited)
    await keep_picture(page, f"{visitor} level")
    await page.goto(f"{server.url}/#/instrument/JPM")
    await expect(page.locator(".note")).to_contain_text(say("no-bars"))
    await visitor.press(page.locator(".tools").get_by_role("button", name=say("alert-level")))
    await expect(level).to_contain_text(say("alert-level-write"))
    await level.get_by_label(say("price"), exact=True).fill("99999")
    await expect(command).to_have_text("/alert close crosses above 99999 on 1d for JPM")
    assert visited.errors == []


@visitors
async def test_the_timeline_and_the_stories_beside_the_chart(browser: Browser, server: RunningGateway, visitor: Visitor) -> None:
    visited = await visitor.open(browser, server, "/#/instrument/AAPL")
    page, say, feed = visited.page, visitor.say, visited.page.locator("#feed")
    await expect(page.locator(".drawing")).to_have_attribute("data-shows", "AAPL 1Day")
    await visitor.press(feed.get_by_role("button", name="AAPL"))
    await expect(feed.locator("li")).to_have_count(30 + 3 + 6 + 1)
    await expect(feed).to_contain_text(f"{say('rule-double-top')} · {say('status-target')}")
    await expect(feed).to_contain_text(say("pattern-target", price="").strip())
    at = market.bar("AAPL", 598).ts_event - 3_600_000
    await until(lambda: server.gateway.hub.is_subscribed("n"), what="the page to hear of stories")
    server.feed.handle_event(news.story(7, title="Apple opens a shop", first_seen=at, ts_event=at))
    await expect(feed.locator(".story-title").first).to_have_text("Apple opens a shop")
    server.feed.handle_event(news.story(8, title="Chips sell well", industries=(StoryLink(name="semiconductors", reason="topic"),)))
    await visitor.press(feed.get_by_role("button", name=say("stories")))
    await expect(feed.locator(".story", has_text="Apple opens a shop")).to_be_visible()
    await page.locator("#industry").select_option("semiconductors")
    await expect(feed.locator(".story-title")).to_have_text(["Chips sell well"])
    await page.locator("#industry").select_option("")
    assert await visitor.fits(visited)
    assert visited.errors == []


async def test_keys_go_through_the_watchlist_and_the_timeframes(browser: Browser, server: RunningGateway) -> None:
    page = (await visit(browser, server, path="/#/instrument/AAPL")).page
    await expect(page.locator("h1")).to_have_text("Apple")
    await page.keyboard.press("j")
    await expect(page.locator("h1")).to_have_text("Bitcoin")
    await page.keyboard.press("k")
    await expect(page.locator("h1")).to_have_text("Apple")
    await page.keyboard.press("]")
    await expect(page.get_by_role("button", name="1W")).to_have_attribute("aria-pressed", "true")
    await page.go_back()
    await expect(page.locator("h1")).to_have_text("Bitcoin")


@visitors
async def test_a_bar_under_the_pointer_shows_the_record_of_its_signal_and_its_headlines(
    browser: Browser, server: RunningGateway, visitor: Visitor
) -> None:
    server.feed.handle_event(market.signal("AAPL", 598, "golden_cross", quality=market.quality()))
    visited = await visitor.open(browser, server, "/#/instrument/AAPL")
    page, say = visited.page, visitor.say
    await expect(page.locator(".drawing")).to_have_attribute("data-shows", "AAPL 1Day")
    at = market.bar("AAPL", 598).ts_event - 3_600_000
    await until(lambda: server.gateway.hub.is_subscribed("n"), what="the page to hear of stories")
    server.feed.handle_event(news.story(7, title="Apple opens a shop", first_seen=at, ts_event=at))
    canvas = await page.locator(".drawing").bounding_box()
    assert canvas is not None
    x, y = canvas["x"] + canvas["width"] * 0.75, canvas["y"] + canvas["height"] / 2
    fired = page.locator(".legend .fired", has_text=say("rule-golden-cross"))
    point = await visitor.pointer(page, x, y)
    step = 2 if visitor.is_phone else 4  # pixels, less than a bar has

    async def found() -> bool:
        nonlocal x
        x += step
        if x > canvas["x"] + canvas["width"]:
            x -= canvas["width"] / 4 - 1  # once more from the left, between the places of before
        await point(x, y)
        await page.evaluate(PAINTED)  # the legend is that of the bar under the pointer
        return bool(await fired.count())

    await until(found, 30, what="the bar of the signal under the pointer")
    mean, days = say("record-days", bars=5), say("record-days", bars=90)
    await expect(fired).to_contain_text(say("record-chance", mean="+1.0%", span=mean, base="+0.9%", n="100", dates=days))
    await expect(page.locator(".legend")).to_contain_text("Apple opens a shop")
