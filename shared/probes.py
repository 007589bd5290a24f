"""The HTTP endpoints /healthz, /readyz and /metrics of a process, on their own port."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import Final

from aiohttp import web

from shared import metrics
from shared.listening import listening

Check = Callable[[], bool]
CLOSE_SECONDS: Final = 2.0


class Checks:
    """Named health and readiness checks."""

    def __init__(self) -> None:
        self._ready: dict[str, Check] = {}
        self._alive: dict[str, Check] = {}
        self._details: dict[str, Callable[[], object]] = {}
        self.render_metrics: Callable[[], tuple[bytes, str]] = metrics.render
        """The body and the content type of /metrics."""

    def on_ready(self, name: str, check: Check) -> None:
        """Add a readiness check: /readyz is 200 when all are true."""
        self._ready[name] = check

    def on_alive(self, name: str, check: Check) -> None:
        """Add a health check: /healthz is 200 when all are true."""
        self._alive[name] = check

    def add_detail(self, name: str, detail: Callable[[], object]) -> None:
        """/readyz includes this value as JSON; it does not affect the status."""
        self._details[name] = detail

    def details(self) -> dict[str, object]:
        """The current value of every detail."""
        return {name: detail() for name, detail in self._details.items()}

    def ready(self) -> dict[str, bool]:
        """The current result of every readiness check; a check that raises is false."""
        return _results(self._ready)

    def alive(self) -> dict[str, bool]:
        """The current result of every health check; a check that raises is false."""
        return _results(self._alive)


def _results(checks: Mapping[str, Check]) -> dict[str, bool]:
    found = {}
    for name, check in checks.items():
        try:
            found[name] = bool(check())
        except Exception:  # noqa: BLE001 - a check that raises counts as false
            found[name] = False
    return found


def _application(checks: Checks) -> web.Application:
    async def healthz(_: web.Request) -> web.Response:
        return _response(checks.alive())

    async def readyz(_: web.Request) -> web.Response:
        return _response(checks.ready(), checks.details())

    async def show_metrics(_: web.Request) -> web.Response:
        body, content_type = checks.render_metrics()
        return web.Response(body=body, headers={"Content-Type": content_type})

    app = web.Application()
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", show_metrics)
    return app


def _response(found: Mapping[str, bool], details: Mapping[str, object] = MappingProxyType({})) -> web.Response:
    healthy = all(found.values())
    body = {"ok": healthy, "checks": dict(found), **({"details": dict(details)} if details else {})}
    return web.json_response(body, status=200 if healthy else 503, headers={"Cache-Control": "no-store"})


@asynccontextmanager
async def serve_probes(checks: Checks, host: str, port: int) -> AsyncIterator[int]:
    """Serve the probes and yield the port; ``port`` 0 selects a free one.

    Raises:
        ListenError: the port is taken, or the address is none of this machine.
    """
    runner = web.AppRunner(_application(checks), access_log=None, shutdown_timeout=CLOSE_SECONDS)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port, shutdown_timeout=CLOSE_SECONDS)
        with listening(host, port, "PROBE_HOST", "PROBE_PORT"):
            await site.start()
        yield runner.addresses[0][1]
    finally:
        async with asyncio.timeout(2 * CLOSE_SECONDS):
            await runner.cleanup()
