"""/problems: a page on each type of problem, and the list of them."""

from __future__ import annotations

from html import escape
from typing import Final

from aiohttp import web

from services.gateway.domain.problems import PAGES, PREFIX, PROBLEM_TYPES, RequestError
from services.gateway.domain.remedies import REMEDIES
from services.gateway.handlers.problems import API_HEADERS

PAGE: Final = (
    '<!doctype html>\n<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>{title}</title>\n<h1>{title}</h1>\n{body}\n</html>\n"
)


async def problem_list(_: web.Request) -> web.Response:
    """All types."""
    lines = "".join(
        f'<li><a href="{PAGES}/{name}"><code>{PREFIX}{name}</code></a>: {kind.status}, {escape(kind.title)}</li>\n'
        for name, kind in PROBLEM_TYPES.items()
    )
    return _page("Types of problems", f"<ul>\n{lines}</ul>")


async def problem_page(request: web.Request) -> web.Response:
    """One type, by its name or by its whole ``type``."""
    name = request.match_info["name"].removeprefix(PREFIX)
    kind = PROBLEM_TYPES.get(name)
    if kind is None:
        raise RequestError("not-found", f"there is no type of problem {name!r:.80}; {PAGES} lists them", field="name", value=name)
    remedy = "".join(
        f"<code>{escape(part)}</code>" if quoted % 2 else escape(part) for quoted, part in enumerate(REMEDIES[name].split("`"))
    )
    body = f'<p><code>{PREFIX}{name}</code>, status {kind.status}</p>\n<p>{remedy}</p>\n<p><a href="{PAGES}">All types</a></p>'
    return _page(kind.title, body)


def _page(title: str, body: str) -> web.Response:
    headers = {**API_HEADERS, "Cache-Control": "public, max-age=3600"}
    return web.Response(text=PAGE.format(title=escape(title), body=body), content_type="text/html", headers=headers)
