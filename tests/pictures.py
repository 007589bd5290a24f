"""``python -m tests.pictures [URL]``: take the pictures of the page for README.md from a running mesh (``make run``)."""

from __future__ import annotations

import asyncio
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, expect

from tests.gateway.browsing import DESKTOP, PHONE, Scheme, chromium

FOLDER: Final = Path(__file__).parent.parent / "docs" / "images"
USUAL: Final = "http://127.0.0.1:8080"
WAIT_MS: Final = 60_000


@dataclass(frozen=True)
class Picture:
    """One picture: what is open, and what must be there before it is taken."""

    name: str
    address: str
    ready: str
    phone: bool = False
    locale: str = "en-US"
    scheme: Scheme = "light"


PICTURES: Final = (
    Picture("page.png", "/#/instrument/AAPL", ".drawing[data-shows]"),
    Picture("page-market.png", "/#/market", ".tiles [data-strength]:not([data-strength='null'])"),
    Picture("page-dark.png", "/#/instrument/005930.KS", ".drawing[data-shows]", locale="ko-KR", scheme="dark"),
    Picture("page-phone.png", "/#/market", ".tiles [data-strength]:not([data-strength='null'])", phone=True, locale="ko-KR"),
)


async def take(browser: Browser, url: str, picture: Picture) -> None:
    """Open the page and write one picture."""
    context = await browser.new_context(
        viewport=PHONE if picture.phone else DESKTOP, locale=picture.locale, color_scheme=picture.scheme
    )
    page = await context.new_page()
    await page.goto(url + picture.address)
    await expect(page.locator(picture.ready).first).to_be_visible(timeout=WAIT_MS)
    await expect(page.locator("html")).to_have_attribute("data-link", re.compile("live|replay"), timeout=WAIT_MS)
    await expect(page.locator("[aria-busy=true]")).to_have_count(0)
    await page.evaluate("document.fonts.ready")
    await page.screenshot(path=FOLDER / picture.name)
    await context.close()


async def main(url: str) -> None:
    """Take all of them."""
    async with chromium() as browser:
        for picture in PICTURES:
            await take(browser, url, picture)
            print(FOLDER / picture.name)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else USUAL))
