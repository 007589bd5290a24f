"""/v1/industries: industries and markets with their views, from memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from services.gateway.domain.industries import with_members, with_view
from services.gateway.domain.problems import unknown_value_error
from services.gateway.domain.queries import NoParameters
from services.gateway.handlers.cache import Answer
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.responses import REPLAYED, answer_of_views
from shared import events

PROVIDER: Final = "finstage"


async def list_industries(gateway: Gateway, _: NoParameters) -> Answer:
    """All industries, then the markets as a whole, each with its newest view."""
    views = gateway.market.industries
    known = [*gateway.directory.industries.values(), *gateway.directory.markets.values()]
    views_shown = [views[one.industry] for one in known if one.industry in views]
    shown = [with_view(one, views.get(one.industry)) for one in known]
    return answer_of_views(shown, _provider(views_shown), _warnings(views_shown), fresh=_unchanged(gateway))


async def get_industry(gateway: Gateway, _: NoParameters, industry: str) -> Answer:
    """One industry or market with its newest view and its members."""
    known = gateway.directory.industries.get(industry) or gateway.directory.markets.get(industry)
    if known is None:
        names = sorted({*gateway.directory.industries, *gateway.directory.markets})
        raise unknown_value_error("industry", industry, names, "unknown-industry")
    view = gateway.market.industries.get(industry)
    views_shown = [] if view is None else [view]
    return answer_of_views([with_members(known, view)], _provider(views_shown), _warnings(views_shown), fresh=_unchanged(gateway))


def _provider(views_shown: Iterable[events.IndustryView]) -> str:
    newest = max(views_shown, key=lambda view: view.ts_event, default=None)
    return newest.source if newest and newest.source else PROVIDER


def _warnings(views_shown: Iterable[events.IndustryView]) -> list[str]:
    return [REPLAYED] if any(view.replayed for view in views_shown) else []


def _unchanged(gateway: Gateway) -> Callable[[], bool]:
    directory, version = gateway.directory, gateway.market.industries_version
    return lambda: gateway.directory is directory and gateway.market.industries_version == version
