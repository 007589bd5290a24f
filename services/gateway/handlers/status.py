"""/v1/status: whether prices flow."""

from __future__ import annotations

from services.gateway.domain import views
from services.gateway.domain.queries import Nothing
from services.gateway.handlers.answers import of_views
from services.gateway.handlers.cache import Answer
from services.gateway.handlers.gateway import Gateway

PROVIDER = "finstage"


async def now(gateway: Gateway, _: Nothing) -> Answer:
    """When ingest and analysis were last heard of, and whether analysis stands still."""
    progress, heard = gateway.progress, gateway.market.heard
    status = views.status(progress.grew, heard, progress.waiting, progress.silent(heard, gateway.clock()))
    return of_views([status], PROVIDER)
