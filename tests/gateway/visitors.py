"""Who visits the page in a test: a language, a device, and the words and names that the page shows in that language."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

import pytest
from fluent.runtime import FluentBundle, FluentResource
from playwright.async_api import Browser, Locator, Page, ViewportSize, expect

from shared.particles import with_particle
from tests.gateway import market
from tests.gateway.browsing import DESKTOP, PHONE, BrowserPage, Scheme, visit
from tests.gateway.running_gateway import RunningGateway

T = TypeVar("T")
WORDS: Final = Path(__file__).parents[2] / "shared" / "words"
FILES: Final = ("page", "rules", "patterns", "records", "problems", "conditions")
"""The catalogues of the page (``services/gateway/page/src/i18n/words.ts``)."""

CUT_OFF: Final = """all => all.filter(control => {
    const { left, right, width } = control.getBoundingClientRect();
    if (!width || !control.checkVisibility() || control.closest(".skip, .unseen")) return false;
    for (let box = control.parentElement; box; box = box.parentElement) {
        const { overflowX } = getComputedStyle(box);
        if (["auto", "scroll"].includes(overflowX)) return false;
        const edge = box.getBoundingClientRect();
        if (overflowX === "hidden" && (right > edge.right + 1 || left < edge.left - 1)) return true;
    }
    return left < 0 || right > document.documentElement.clientWidth;
}).map(control => control.outerHTML.slice(0, 160))"""


@cache
def _bundle(language: str) -> FluentBundle:
    functions: dict[str, Any] = {"JOSA": lambda word, pair: with_particle(str(word), str(pair))}
    found = FluentBundle([language], functions=functions, use_isolating=False)
    for file in FILES:
        found.add_resource(FluentResource((WORDS / language / f"{file}.ftl").read_text("utf-8")))
    return found


@dataclass(frozen=True)
class Visitor:
    """Someone who reads one language on one device."""

    language: Literal["ko", "en"]
    is_phone: bool

    def __str__(self) -> str:
        return f"{self.language}-{'phone' if self.is_phone else 'desktop'}"

    @property
    def screen(self) -> ViewportSize:
        return PHONE if self.is_phone else DESKTOP

    @property
    def width(self) -> int:
        return self.screen["width"]

    def say(self, key: str, **values: object) -> str:
        """A message of the page with its values."""
        pattern = _bundle(self.language).get_message(key).value
        assert pattern is not None, key
        text, errors = _bundle(self.language).format_pattern(pattern, values)
        assert not errors, f"{key}: {errors}"
        return str(text)

    def hint(self, key: str) -> str:
        """What stands beside a message in smaller type."""
        pattern = _bundle(self.language).get_message(key).attributes["hint"]
        return str(_bundle(self.language).format_pattern(pattern)[0])

    def name(self, symbol: str) -> str:
        """The name of an instrument or an industry."""
        (names,) = (row[1:3] for row in (*market.INSTRUMENTS, *market.INDUSTRIES) if row[0] == symbol)
        return str(names[0] if self.language == "en" else names[1])

    def either(self, english: T, korean: T) -> T:
        """What is no word of the catalogue, such as a time in the form of the language."""
        return english if self.language == "en" else korean

    async def open(self, browser: Browser, server: RunningGateway, path: str, scheme: Scheme | None = None) -> BrowserPage:
        """The page on the device, in the language of its browser."""
        locale = self.either("en-US", "ko-KR")
        return await visit(browser, server, self.screen, locale=locale, scheme=scheme, touch=self.is_phone, path=path)

    async def press(self, control: Locator) -> None:
        """Tap it or click on it."""
        await (control.tap() if self.is_phone else control.click())

    async def press_at(self, box: Locator, across: float, down: float) -> None:
        """Tap or click on a place in a box, in parts of its width and height."""
        found = await box.bounding_box()
        assert found is not None
        x, y = found["x"] + found["width"] * across, found["y"] + found["height"] * down
        await (box.page.touchscreen.tap(x, y) if self.is_phone else box.page.mouse.click(x, y))

    async def pointer(self, page: Page, x: float, y: float) -> Callable[[float, float], Awaitable[None]]:
        """What moves the mouse over the chart, or a finger that was laid down on this place until the chart shows its bar."""
        if not self.is_phone:
            return page.mouse.move
        session = await page.context.new_cdp_session(page)

        async def touch(kind: str, x: float, y: float) -> None:
            await session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})

        await touch("touchStart", x, y)
        # only a bar under the finger has a place for its signals: the numbers change with a price too, and moving then scrolls
        await expect(page.locator(".legend .fired").first).to_be_attached()
        return partial(touch, "touchMove")

    async def shows_all_of(self, box: Locator) -> bool:
        """Whether nothing of it is beside the screen."""
        found = await box.bounding_box()
        assert found is not None
        return found["x"] >= 0 and found["x"] + found["width"] <= self.width

    async def cut_off(self, visited: BrowserPage) -> list[str]:
        """The controls that are not whole on the screen, in no box that scrolls to them."""
        found: list[str] = await visited.page.locator("button, a, select, input, textarea").evaluate_all(CUT_OFF)
        return found

    async def fits(self, visited: BrowserPage) -> bool:
        """Whether nothing is wider than the screen, and the device has not zoomed in."""
        width, zoom = await visited.page.evaluate("[document.documentElement.scrollWidth, visualViewport.scale]")
        return bool(width <= self.width and zoom == 1)


def _each(language: Literal["ko", "en"], is_phone: bool, *marks: Any) -> Any:
    visitor = Visitor(language, is_phone)
    return pytest.param(visitor, id=str(visitor), marks=marks)


visitors: Final = pytest.mark.parametrize(
    "visitor",
    [
        _each("ko", True),
        _each("en", False),
        _each("ko", False, pytest.mark.thorough),  # each language and each device is in the two above
        _each("en", True, pytest.mark.thorough),
    ],
)
"""A flow in both languages on a desktop and a phone."""
