"""Details in /readyz decide nothing."""

from __future__ import annotations

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from shared.probes import Checks, add_routes


async def test_details_are_shown_and_decide_nothing() -> None:
    checks, app, stale, fine = Checks(), web.Application(), list[str](), [True]
    checks.on_ready("broker", lambda: fine[0])
    add_routes(app, checks)
    async with TestClient(TestServer(app)) as client:
        assert await (await client.get("/readyz")).json() == {"ok": True, "checks": {"broker": True}}
        checks.tell("stale feeds", lambda: stale)
        stale.append("KRX")
        answer = await client.get("/readyz")
        assert (answer.status, (await answer.json())["details"]) == (200, {"stale feeds": ["KRX"]})
        fine[0] = False
        assert (await client.get("/readyz")).status == 503
