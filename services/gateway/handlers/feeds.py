"""/v1/feeds: the news feeds and whether they can be read."""

from __future__ import annotations

from services.gateway.domain.feeds import DAY_MS, feeds
from services.gateway.domain.queries import NoParameters
from services.gateway.handlers.cache import Answer
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.responses import answer_of_views

PROVIDER = "finstage"


async def list_feeds(gateway: Gateway, _: NoParameters) -> Answer:
    """All feeds by name."""
    now = gateway.clock()
    stored, counts = await gateway.history.feeds(now - DAY_MS)
    return answer_of_views(feeds(stored, counts, now), PROVIDER)
