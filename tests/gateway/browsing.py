"""A real Chromium that visits the page, and everything that goes wrong there."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from tests.gateway.running import Running

ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
Scheme = Literal["light", "dark"]
DESKTOP = ViewportSize(width=1440, height=860)
PHONE = ViewportSize(width=390, height=844)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """The machine's Chromium."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    async with async_playwright() as playwright:
        found = await playwright.chromium.launch(executable_path=path, args=list(ARGS))
        yield found
        await found.close()


class Seen:
    """A page and everything that went wrong on it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("console", lambda message: self.errors.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))


async def visit(
    browser: Browser,
    up: Running,
    viewport: ViewportSize = DESKTOP,
    *,
    locale: str = "en-US",
    scheme: Scheme | None = None,
    touch: bool = False,
) -> Seen:
    context = await browser.new_context(viewport=viewport, locale=locale, color_scheme=scheme, has_touch=touch, is_mobile=touch)
    seen = Seen(await context.new_page())
    await seen.page.goto(up.url)
    return seen
