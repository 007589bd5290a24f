"""/v1/signals: the newest first, from memory and database together."""

from __future__ import annotations

from services.gateway.domain import views
from services.gateway.domain.queries import SignalsQuery, after, page_token
from services.gateway.domain.reads import SignalFilter
from services.gateway.domain.timeframes import TIMEFRAMES
from services.gateway.domain.times import milliseconds
from services.gateway.domain.windows import FIRST, LAST
from services.gateway.handlers.answers import REPLAYED, of_views
from services.gateway.handlers.bars import STORED_FRESH_MS
from services.gateway.handlers.cache import Answer
from services.gateway.handlers.gateway import Gateway


async def newest(gateway: Gateway, query: SignalsQuery) -> Answer:
    """Signals that match, each once, though memory may have it before the database does."""
    gateway.check_industry(query.industry)
    if query.symbol is not None:
        gateway.check_symbol(query.symbol)
    wanted = _filter(gateway, query)
    market, version, told = gateway.market, gateway.market.signals_version, gateway.clock()
    stored = await gateway.history.signals(wanted)
    found = {signal.id: signal for signal in stored} | {s.id: s for s in market.signals.values() if wanted.matches(s)}
    ordered = sorted(found.values(), key=lambda signal: (signal.ts_event, signal.id), reverse=True)
    told_now = ordered[: query.limit]
    last = told_now[-1] if len(ordered) > query.limit else None
    return of_views(
        map(views.signal, told_now),
        told_now[0].source or None if told_now else None,
        [REPLAYED] if any(signal.replayed for signal in told_now) else [],
        next_page_token=page_token("s", last.ts_event, last.id) if last else None,
        fresh=lambda: market.signals_version == version and gateway.clock() - told < STORED_FRESH_MS,
    )


def _filter(gateway: Gateway, query: SignalsQuery) -> SignalFilter:
    before = after("s", query.page_token, int, str) if query.page_token is not None else None
    return SignalFilter(
        limit=query.limit + 1,
        start=milliseconds(query.start) if query.start else FIRST,
        end=milliseconds(query.end) if query.end else LAST,
        symbol=query.symbol,
        members=gateway.directory.members.get(query.industry, frozenset()) if query.industry else None,
        industry=query.industry,
        rule=query.rule,
        direction=query.direction,
        timeframe=TIMEFRAMES[query.timeframe] if query.timeframe else None,
        before=(before[0], before[1]) if before else None,
    )
