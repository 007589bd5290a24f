"""Each view in both languages, on a desktop and a phone; settings, keys, installing."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.async_api import Browser, Route, expect

from tests.gateway.browsing import BrowserPage, keep_picture, visit
from tests.gateway.page.english import english
from tests.gateway.running_gateway import RunningGateway
from tests.gateway.visitors import Visitor, visitors
from tests.until import until

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@visitors
async def test_settings_are_kept(browser: Browser, server: RunningGateway, visitor: Visitor) -> None:
    visited = await visitor.open(browser, server, "/#/instrument/AAPL", scheme="light")
    page, say = visited.page, visitor.say
    other = dataclasses.replace(visitor, language=visitor.either("ko", "en"))
    await visitor.press(page.get_by_role("button", name=say("settings")))
    box = page.get_by_role("dialog", name=say("settings"))
    await box.get_by_label(say("settings-theme")).select_option("dark")
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    await until(lambda: page.evaluate(f"{paper} === 'rgb(18, 20, 22)'"), what="the dark page")
    await box.get_by_label(say("settings-colours")).select_option(visitor.either("red-up", "green-up"))
    rise = visitor.either("rgb(240, 117, 122)", "rgb(69, 178, 139)")
    await expect(page.locator(".now .up").first).to_have_css("color", rise)
    await box.get_by_label(say("settings-zone")).select_option("exchange")
    await expect(page.locator(".now time")).to_have_text(visitor.either("Jan 3, 2023 17:00", "2023년 1월 3일 17:00"))
    await box.get_by_label(say("settings-zone")).select_option("korea")
    await expect(page.locator(".now time")).to_have_text(visitor.either("Jan 4, 2023 07:00", "2023년 1월 4일 07:00"))
    assert await visitor.shows_all_of(box)
    await keep_picture(page, f"{visitor} settings")
    await visitor.press(box.get_by_role("button", name=say("close-box")))
    await expect(box).to_have_count(0)
    await visitor.press(page.get_by_role("button", name=say("settings")))
    await box.get_by_role("combobox", name=say("settings-language"), exact=True).select_option(other.language)
    await expect(page.locator("h1")).to_have_text(other.name("AAPL"))
    await page.reload()
    await expect(page.locator(".now time")).to_have_text(other.either("Jan 4, 2023 07:00", "2023년 1월 4일 07:00"))
    assert visited.errors == []


async def test_keys_open_views_and_the_page_can_be_installed(browser: Browser, server: RunningGateway) -> None:
    visited = await visit(browser, server, locale="ko-KR", path="/#/instrument/AAPL")
    page = visited.page
    await expect(page.locator("h1")).to_have_text("애플")
    await page.get_by_role("button", name="설정").click()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog", name="설정")).to_have_count(0)
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


AT_ONCE = """async (button, key) => {
    button.click();
    const isOpen = () => button.ariaExpanded === "true" || button.ariaPressed === "true";
    for (let steps = 0; steps < 1000 && !isOpen(); steps += 1) await null;
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    return document.activeElement.tagName;
}"""
"""Press a button, and a key as soon as the page has answered, before it is painted. Returns where the focus is."""


async def test_a_key_that_follows_at_once_is_for_what_was_opened(browser: Browser, server: RunningGateway) -> None:
    page = (await visit(browser, server, path="/#/instrument/AAPL")).page
    await page.get_by_role("button", name="Settings").evaluate(AT_ONCE, "Escape")
    await expect(page.get_by_role("dialog", name="Settings")).to_have_count(0)
    assert await page.get_by_role("button", name="Indicators").evaluate(AT_ONCE, "1") == "INPUT"
    await expect(page.get_by_role("dialog", name="Indicators")).to_be_visible()


async def test_the_search_takes_the_focus_however_late_its_view_is(browser: Browser, server: RunningGateway) -> None:
    page, loaded = await browser.new_page(locale="en-US"), asyncio.Event()

    async def held(route: Route) -> None:
        await loaded.wait()
        await route.continue_()

    await page.clock.install()
    await page.goto(server.url)
    await expect(page.locator("#heatmap")).to_be_visible()
    await page.route("**/assets/*", held)
    await page.keyboard.press("/")
    await page.clock.run_for(10_000)
    loaded.set()
    await expect(page.get_by_role("searchbox")).to_be_focused()


AXE = Path(__file__).parents[3] / "services/gateway/page/node_modules/axe-core/axe.min.js"
AXE_RUN = "axe.run(document, {resultTypes: ['violations'], preload: false})"
"""Without reading the style sheets again: only rules about turned screens need them."""
VIEWS: Final[dict[str, dict[str, str]]] = {
    "market": {"/semiconductors": "#members"},
    "instrument": {"/AAPL": ".drawing[data-shows='AAPL 1Day']"},
    "screener": {"?condition=close%20%3E%20sma_20": "#results .progress"},
    "research": {"/records": "#records", "/new": "#new-run", "/runs/backtest-1": "#trades", "/datasets": "#datasets"},
    "alerts": {},
    "system": {},
}
"""The views, and what else each of them shows under an address of its own, with a part that is only there."""


@visitors
async def test_each_view_opens_fits_and_has_nothing_that_axe_finds_serious(
    browser: Browser, server: RunningGateway, visitor: Visitor
) -> None:
    visited = await visitor.open(browser, server, "/", scheme=visitor.either("light", "dark"))
    page = visited.page
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    links = page.get_by_role("navigation", name=visitor.say("views"), exact=True).get_by_role("link")
    for view, more in VIEWS.items():
        await visitor.press(links.filter(has_text=visitor.say(f"view-{view}")))
        await looked_at(visited, visitor, view, f".{view}-view")
        for address, part in more.items():
            await page.evaluate("hash => { location.hash = hash }", f"#/{view}{address}")
            await looked_at(visited, visitor, f"{view}{address.partition('?')[0]}", part)
    assert visited.errors == []


async def looked_at(visited: BrowserPage, visitor: Visitor, name: str, part: str) -> None:
    """What is open is there, fits, is in the visitor's language, and can be used without seeing it."""
    page = visited.page
    await expect(page.locator(part)).to_be_visible()  # else it is still the view before that has loaded
    await expect(page.locator(".loading")).to_have_count(0)
    await expect(page.locator(".drawing[aria-busy]")).to_have_count(0)
    await expect(page.locator("h1").first).to_be_attached()
    await keep_picture(page, f"{visitor} {name.replace('/', ' ')}")
    assert await visitor.fits(visited), name
    assert await visitor.cut_off(visited) == [], name
    if visitor.language == "ko":
        assert await english(page, "body") == [], name
    found: dict[str, Any] = await page.evaluate(AXE_RUN)
    serious = [
        (name, each["id"], [node["html"][:160] for node in each["nodes"][:3]])
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
    ]
    assert serious == [], json.dumps(serious, indent=1)
