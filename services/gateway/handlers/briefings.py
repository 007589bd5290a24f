"""/v1/briefings: what markets did, from the database."""

from __future__ import annotations

from typing import Final

from services.gateway.domain.briefings import BriefingsQuery, StoredBriefing, briefing_view, briefings_filter
from services.gateway.domain.page_tokens import page_token
from services.gateway.domain.problems import RequestError
from services.gateway.domain.queries import NoParameters
from services.gateway.handlers.bars import STORED_FRESH_MS
from services.gateway.handlers.cache import Answer
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.responses import REPLAYED, answer_of_views

PROVIDER: Final = "finstage"


async def list_briefings(gateway: Gateway, query: BriefingsQuery) -> Answer:
    """Briefings for everyone, the newest session first. Those for chats, by what they watch, are not listed."""
    read_at = gateway.clock()
    found = await gateway.briefings.newest(briefings_filter(query))
    shown = found[: query.limit]
    last = shown[-1] if len(found) > query.limit else None
    return answer_of_views(
        map(briefing_view, shown),
        PROVIDER if shown else None,
        _warnings(shown),
        next_page_token=page_token("g", last.content.day, last.id) if last else None,
        fresh=lambda: gateway.clock() - read_at < STORED_FRESH_MS,
    )


async def get_briefing(gateway: Gateway, query: NoParameters, id: str) -> Answer:  # noqa: A002, ARG001 - the name in the path
    """One briefing. It does not change."""
    read_at = gateway.clock()
    found = await gateway.briefings.one(id)
    if found is None:
        raise unknown_briefing(id)
    return answer_of_views(
        [briefing_view(found)], PROVIDER, _warnings([found]), fresh=lambda: gateway.clock() - read_at < STORED_FRESH_MS
    )


def _warnings(found: list[StoredBriefing]) -> list[str]:
    return [REPLAYED] if any(each.content.replayed for each in found) else []


def unknown_briefing(briefing_id: str, what: str = "") -> RequestError:
    """The error of an id that names no briefing."""
    about = f"id: there is no {what}briefing {briefing_id!r:.80}; /v1/briefings lists them"
    return RequestError("not-found", about, field="id", value=briefing_id)
