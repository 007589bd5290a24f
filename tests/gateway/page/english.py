"""English words on the Korean page."""

from __future__ import annotations

import re
from typing import Final

from playwright.async_api import Page

RUN: Final = re.compile(r"[A-Za-z']{2,}(?:[ ,;:]+[A-Za-z']{2,})+")
"""Two English words or more in a row."""
TEXTS: Final = """all => all.filter(e => e.checkVisibility()).flatMap(e => {
    const copy = e.cloneNode(true);
    const quoted = "code, pre, option, script, noscript, style, #tv-attr-logo, [lang=en], .completions, .story-list";
    for (const each of copy.querySelectorAll(quoted)) each.remove();
    const named = ["aria-label", "title"].flatMap(name =>
        [...copy.querySelectorAll(`[${name}]`)].map(each => each.getAttribute(name)));
    const walk = document.createTreeWalker(copy, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walk.nextNode()) found.push(walk.currentNode.data);
    return [...found, ...named];
})"""


async def english(page: Page, places: str) -> list[str]:
    """Runs of English words in these places and the names of what is there, outside of code and of values that were typed."""
    found = await page.locator(places).evaluate_all(TEXTS)
    return [match for text in found for match in RUN.findall(re.sub("‘[^’]*’|`[^`]*`", "", text))]
