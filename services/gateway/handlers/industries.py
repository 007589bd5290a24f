"""/v1/industries: industries and markets, and how they stand, from memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from services.gateway.domain.industries import with_members, with_view
from services.gateway.domain.problems import RequestError
from services.gateway.domain.queries import Nothing
from services.gateway.handlers.answers import REPLAYED, of_views
from services.gateway.handlers.cache import Answer
from services.gateway.handlers.gateway import Gateway
from shared import events

PROVIDER: Final = "finstage"


async def every(gateway: Gateway, _: Nothing) -> Answer:
    """All industries, then the markets as a whole, each with its newest view."""
    views = gateway.market.industries
    known = [*gateway.directory.industries.values(), *gateway.directory.markets.values()]
    told = [views[one.industry] for one in known if one.industry in views]
    shown = [with_view(one, views.get(one.industry)) for one in known]
    return of_views(shown, _provider(told), _warnings(told), fresh=_unchanged(gateway))


async def one(gateway: Gateway, _: Nothing, industry: str) -> Answer:
    """One industry or market with its newest view and its members."""
    known = gateway.directory.industries.get(industry) or gateway.directory.markets.get(industry)
    if known is None:
        raise RequestError(
            "unknown-industry", f"there is no industry or market {industry!r:.80}; /v1/industries lists them", field="industry",
            value=industry,
        )  # fmt: skip
    view = gateway.market.industries.get(industry)
    told = [] if view is None else [view]
    return of_views([with_members(known, view)], _provider(told), _warnings(told), fresh=_unchanged(gateway))


def _provider(told: Iterable[events.IndustryView]) -> str:
    newest = max(told, key=lambda view: view.ts_event, default=None)
    return newest.source if newest and newest.source else PROVIDER


def _warnings(told: Iterable[events.IndustryView]) -> list[str]:
    return [REPLAYED] if any(view.replayed for view in told) else []


def _unchanged(gateway: Gateway) -> Callable[[], bool]:
    directory, version = gateway.directory, gateway.market.industries_version
    return lambda: gateway.directory is directory and gateway.market.industries_version == version
