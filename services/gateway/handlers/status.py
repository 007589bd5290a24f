"""/v1/status: whether prices flow."""

from __future__ import annotations

from services.gateway.domain import views
from services.gateway.domain.queries import Nothing
from services.gateway.domain.sources import health
from services.gateway.handlers.answers import of_views
from services.gateway.handlers.cache import Answer
from services.gateway.handlers.gateway import Gateway

PROVIDER = "finstage"


async def now(gateway: Gateway, _: Nothing) -> Answer:
    """When ingest and analysis were last heard of, whether analysis stands still, and whether the provider can be read."""
    progress, heard = gateway.progress, gateway.market.heard
    now = gateway.clock()
    found = health(gateway.sources, now)
    status = views.status(progress.grew, heard, progress.waiting, progress.silent(heard, now), found)
    return of_views([status], PROVIDER)
