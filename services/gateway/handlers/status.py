"""/v1/status: whether prices arrive and are processed."""

from __future__ import annotations

from services.gateway.domain import api_models
from services.gateway.domain.queries import NoParameters
from services.gateway.domain.service_states import service_states
from services.gateway.domain.source_health import health
from services.gateway.handlers.cache import Answer
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.responses import answer_of_views

PROVIDER = "finstage"


async def get_status(gateway: Gateway, _: NoParameters) -> Answer:
    """What runs, when ingest and analysis last wrote anything, how the sources are, and what was rejected. Asks nobody."""
    progress, last_analysis_at = gateway.progress, gateway.market.last_analysis_at
    now = gateway.clock()
    found = health(gateway.sources, now)
    alone = 1 if gateway.settings.gateway_processes == 1 else None
    services = service_states(gateway.services, progress, gateway.sources, alone, now)
    status = api_models.status(
        progress.log_grew_at,
        last_analysis_at,
        progress.backlog,
        progress.is_silent(last_analysis_at, now),
        found,
        gateway.rejected,
        services,
    )
    return answer_of_views([status], PROVIDER)
