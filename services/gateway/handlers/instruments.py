"""/v1/instruments."""

from __future__ import annotations

from collections.abc import Callable

from services.gateway.domain.page_tokens import page_token, parse_page_token
from services.gateway.domain.queries import InstrumentsQuery, NoParameters
from services.gateway.handlers.cache import Answer
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.responses import answer_of_views

PROVIDER = "finstage"


async def search(gateway: Gateway, query: InstrumentsQuery) -> Answer:
    """Instruments by industry, kind, exchange and words; by symbol, or best match first where words are given."""
    gateway.check_industry(query.industry)
    gateway.check_exchange(query.exchange)
    directory = gateway.directory
    found = [
        i
        for i in directory.instruments.values()
        if query.industry in (None, *i.industries) and query.kind in (None, i.kind) and query.exchange in (None, i.exchange)
    ]
    if query.q:
        found = directory.search(query.q, found)
    first = parse_page_token("i", query.page_token, int)[0] if query.page_token is not None else 0
    first = max(first, 0)
    more = len(found) > first + query.limit
    token = page_token("i", first + query.limit) if more else None
    return answer_of_views(found[first : first + query.limit], PROVIDER, next_page_token=token, fresh=_unchanged(gateway))


async def get_instrument(gateway: Gateway, _: NoParameters, symbol: str) -> Answer:
    """One instrument."""
    gateway.check_symbol(symbol)
    known = gateway.directory.instruments.get(symbol)
    return answer_of_views([known] if known else [], PROVIDER, fresh=_unchanged(gateway))


def _unchanged(gateway: Gateway) -> Callable[[], bool]:
    directory = gateway.directory
    return lambda: gateway.directory is directory
