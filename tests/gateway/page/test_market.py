"""The view of the market."""

from __future__ import annotations

import asyncio
import re

import msgspec
import pytest
from playwright.async_api import Browser, Route, expect

from shared.events import StoryArticle
from tests.gateway import market, news
from tests.gateway.running_gateway import RunningGateway
from tests.gateway.visitors import Visitor, visitors

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def hostile_article() -> StoryArticle:
    """An article whose address runs a script."""
    (article,) = news.story(1).articles
    return msgspec.structs.replace(article, url="javascript:document.title='owned'")


RISE = {"en": "rgb(20, 114, 79)", "ko": "rgb(192, 44, 55)"}
"""Green, and red."""


@visitors
async def test_the_market_view(browser: Browser, server: RunningGateway, visitor: Visitor) -> None:
    visited = await visitor.open(browser, server, "/", scheme="light")
    page, say = visited.page, visitor.say
    await expect(page).to_have_title(f"{say('view-market')} · Finstage")
    await expect(page.locator(".link")).to_have_text(say("link-replay"))
    await expect(page.locator(".replayed-day")).to_have_text(visitor.either("Jan 3, 2023", "2023년 1월 3일"))
    await expect(page.locator(".index")).to_have_count(1)
    await expect(page.locator(".index")).to_contain_text(f"{market.quote('^GSPC', 1).last_price:,.2f}")
    tiles = page.locator(".tiles li")
    await expect(tiles).to_have_count(3)
    chips = tiles.filter(has_text=visitor.name("semiconductors"))
    await expect(chips).to_have_attribute("data-strength", "2")
    counted = say("tile-text", name=visitor.name("semiconductors"), move="M", n=2, up=1, down=0, missing=1)
    await expect(chips.locator("a")).to_have_attribute("title", re.compile(re.escape(counted).replace("M", r"\+[\d.]+%", 1)))
    unknown = tiles.filter(has_text=visitor.name("banks"))
    await expect(unknown).to_contain_text("–")
    await expect(unknown.locator("a")).to_have_attribute("title", f"{visitor.name('banks')}: {say('why-no-view')}")
    server.feed.handle_event(market.view(n=9, median_move=-0.05))
    await expect(chips).to_have_attribute("data-strength", "-4")
    as_table = page.locator("#heatmap").get_by_role("button", name=say("as-table"))
    await visitor.press(as_table)
    await expect(page.locator("#heatmap tbody tr")).to_have_count(3)
    await expect(page.locator("#heatmap tbody tr").last.locator(".missing").first).to_have_attribute("title", say("why-no-view"))
    await expect(page.locator("#breadth li").first).to_contain_text(say("breadth-counts", up=1, down=0, flat=0, missing=1))
    without = page.locator("#breadth span.missing").first
    await expect(without).to_have_attribute("title", say("why-no-average"))
    if visitor.is_phone:  # a finger shows no title
        await without.tap()
        await expect(page.locator(".toast")).to_contain_text(say("why-no-average"))
    moves = page.locator("#movers tbody .move")
    await expect(moves).to_have_count(5)
    await expect(moves.first).to_have_css("color", RISE[visitor.language])
    shown = [float(text.rstrip("%").replace("\u2212", "-")) for text in await moves.all_text_contents()]
    assert shown == sorted(shown, reverse=True)
    await visitor.press(page.locator("#movers").get_by_role("button", name=say("losers")))
    await expect(page.locator("#movers .empty")).to_have_text(say("no-movers"))
    server.feed.handle_event(market.quote("JPM", 30, change_percent=-0.125))
    await expect(page.locator("#movers tbody .move")).to_have_text(["\u221212.50%"])
    await expect(page.locator("#mine tbody tr")).to_have_count(6)
    server.feed.handle_event(market.quote("NVDA", 40, day_volume=None))
    nvidia = page.locator("#mine tr", has_text=visitor.name("NVDA"))
    await expect(nvidia.locator(".missing")).to_have_attribute("title", say("why-no-volume"))
    await expect(page.locator("#latest .signal")).to_have_count(12)
    server.feed.handle_event(news.story(2, articles=(hostile_article(),)))
    story = page.locator('#stories .story[data-id="story-2"]')
    await expect(story).to_contain_text("Story number 2")
    await expect(story).to_contain_text(say("story-reaction", move="+1.0%"))
    assert await story.locator(".story-title a").count() == 0, "an address that is no page of the web is no link"
    server.feed.handle_event(news.story(2, revision=2, title="Story with two articles"))
    await expect(story.locator(".story-title a")).to_have_attribute("href", "https://news.example/2")
    await expect(story).to_contain_text("Story with two articles")
    assert await visitor.fits(visited)
    await visitor.press(as_table)
    await visitor.press(chips.locator("a"))
    await expect(page).to_have_url(f"{server.url}/#/market/semiconductors")
    await expect(page.locator("#members h2")).to_have_text(say("members-of", name=visitor.name("semiconductors")))
    members = page.locator("#members tbody tr")
    await expect(members).to_contain_text([visitor.name("NVDA"), visitor.name("005930.KS")])
    await expect(members.first).to_contain_text("1.7")
    await expect(members.last.locator(".missing").first).to_have_attribute("title", say("no-price"))
    assert await visitor.fits(visited)
    assert visited.errors == []


async def test_the_market_shows_its_panels_before_the_first_read(browser: Browser, server: RunningGateway) -> None:
    page, answered = await browser.new_page(), asyncio.Event()

    async def held(route: Route) -> None:
        await answered.wait()
        await route.continue_()

    await page.route("**/v1/quotes*", held)
    await page.goto(server.url)
    await expect(page.get_by_role("status", name="Loading…")).to_be_visible()
    await expect(page.locator(".market-waiting h2")).to_have_text(
        ["Industries by size and move", "Breadth", "Largest moves", "Watchlist"]
    )
    answered.set()
    await expect(page.locator(".tiles li")).to_have_count(3)
    await expect(page.locator(".market-waiting")).to_have_count(0)
