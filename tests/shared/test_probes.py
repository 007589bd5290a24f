"""Details in /readyz do not affect its status."""

from __future__ import annotations

import aiohttp

from shared.probes import Checks, serve_probes


async def test_details_are_shown_and_do_not_affect_readiness() -> None:
    checks, stale, fine = Checks(), list[str](), [True]
    checks.on_ready("broker", lambda: fine[0])
    async with serve_probes(checks, "127.0.0.1", 0) as port, aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client:
        assert await (await client.get("/readyz")).json() == {"ok": True, "checks": {"broker": True}}
        checks.add_detail("stale feeds", lambda: stale)
        stale.append("KRX")
        answer = await client.get("/readyz")
        assert (answer.status, (await answer.json())["details"]) == (200, {"stale feeds": ["KRX"]})
        fine[0] = False
        assert (await client.get("/readyz")).status == 503
