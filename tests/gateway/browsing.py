"""A real Chromium that opens the page and records its errors."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, Literal

from playwright.async_api import Browser, Page, ViewportSize, async_playwright, expect

from tests.gateway.running_gateway import RunningGateway

OF_PLAYWRIGHT = (
    "AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades", "LensOverlay", "MediaRouter", "NetworkTimeServiceQuerying",
    "OptimizationHints", "PaintHolding", "PreconnectToSearch", "ThirdPartyStoragePartitioning",
)  # fmt: skip
"""What Playwright disables itself: Chromium takes the last list alone, and that is ours."""
POPUPS = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup")
"""Two pages of the address bar, which each window loads and runs: three tenths of Chromium's CPU time in these tests."""
ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--in-process-gpu",  # a process of its own that draws in software takes half as much CPU time again
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join((*OF_PLAYWRIGHT, *POPUPS))}",
)
BRIEF = ("--js-flags=--no-maglev --no-turbofan --min-semi-space-size=32",)
"""For pages that live for seconds: to optimise their JavaScript and to collect their garbage costs CPU time and pays back nothing.
Not where the page's own work is measured."""
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""Of those that are installed the first is taken. The headless shell is Chromium without windows, menus and an address bar."""
READBACK = "Canvas2D: Multiple readback"
"""A warning about tests that read the colours of a canvas twice."""
Scheme = Literal["light", "dark"]
Motion = Literal["reduce", "no-preference"]
STILL: Final[Motion] = "reduce"
"""The setting of those who want no motion. Without it a price that changed fades for forty frames, and each costs Chromium several
milliseconds of CPU time, as it draws without a graphics card."""
DESKTOP = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=844)


expect.set_options(timeout=30_000)  # an expectation is met much sooner, unless much other work runs beside it


@asynccontextmanager
async def chromium(*options: str) -> AsyncIterator[Browser]:
    """The installed Chromium."""
    path = next(filter(None, map(shutil.which, PROGRAMS)), None)
    async with async_playwright() as playwright:
        found = await playwright.chromium.launch(executable_path=path, args=[*ARGS, *options])
        yield found
        await found.close()


PICTURES = Path(__file__).parents[2] / "var" / "test-pictures"
"""Pictures that tests keep, to be looked at; git ignores the folder."""


async def keep_picture(page: Page, name: str) -> None:
    """Keep what the page looks like now."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=PICTURES / f"{name}.jpg", type="jpeg", quality=60)


class BrowserPage:
    """A page and the errors and warnings on its console."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("console", lambda message: self._note(message.type, message.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not text.startswith(READBACK):
            self.errors.append(text)


async def visit(
    browser: Browser,
    server: RunningGateway,
    viewport: ViewportSize = DESKTOP,
    *,
    locale: str = "en-US",
    scheme: Scheme | None = None,
    touch: bool = False,
    motion: Motion = STILL,
    path: str = "/#/instrument",
    script: str = "",
) -> BrowserPage:
    """Open the page. ``script`` is JavaScript that runs before the page's own."""
    context = await browser.new_context(
        viewport=viewport, locale=locale, color_scheme=scheme, reduced_motion=motion, has_touch=touch, is_mobile=touch
    )
    if script:
        await context.add_init_script(script)
    visited = BrowserPage(await context.new_page())
    await visited.page.goto(server.url + path)
    return visited


async def close_contexts(browser: Browser) -> None:
    """Close all pages. A handler of requests that is still at work fails then, which would be an error of a later test."""
    for context in browser.contexts:
        for page in context.pages:
            await page.unroute_all(behavior="ignoreErrors")
        await context.close()
