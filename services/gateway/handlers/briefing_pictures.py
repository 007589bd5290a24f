"""The pictures of briefings, which are no JSON of ours."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from services.gateway.handlers.briefings import unknown_briefing
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.problems import API_HEADERS
from services.gateway.handlers.rest import no_parameters

PICTURE: Final = "/v1/briefings/{id}/picture"


def picture_endpoint(gateway: Gateway) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The aiohttp handler of pictures."""

    async def send_picture(request: web.Request) -> web.StreamResponse:
        no_parameters(request)
        briefing_id = request.match_info["id"]
        picture = await gateway.briefings.picture(briefing_id)
        if picture is None:
            raise unknown_briefing(briefing_id, "picture of a ")
        return web.Response(body=picture, content_type="image/png", headers={**_HEADERS, "Cache-Control": "no-cache"})

    return send_picture


_HEADERS: Final = {name: value for name, value in API_HEADERS.items() if name != "Server"}
