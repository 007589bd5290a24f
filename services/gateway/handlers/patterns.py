"""/v1/patterns: chart patterns at their newest status, the newest first, from the database."""

from __future__ import annotations

from services.gateway.domain import views
from services.gateway.domain.queries import PatternsQuery, after, page_token
from services.gateway.domain.reads import PatternFilter
from services.gateway.domain.timeframes import TIMEFRAMES
from services.gateway.domain.times import milliseconds
from services.gateway.domain.windows import FIRST, LAST
from services.gateway.handlers.answers import REPLAYED, of_views
from services.gateway.handlers.bars import STORED_FRESH_MS
from services.gateway.handlers.cache import Answer
from services.gateway.handlers.gateway import Gateway


async def newest(gateway: Gateway, query: PatternsQuery) -> Answer:
    """Patterns that match, a second or so after their bar: they are stored with the next checkpoint."""
    gateway.check_industry(query.industry)
    if query.symbol is not None:
        gateway.check_symbol(query.symbol)
    asked = gateway.clock()
    found = await gateway.history.patterns(_filter(query))
    told = found[: query.limit]
    last = told[-1] if len(found) > query.limit else None
    return of_views(
        map(views.pattern, told),
        told[0].source or None if told else None,
        [REPLAYED] if any(pattern.replayed for pattern in told) else [],
        next_page_token=page_token("p", last.ts_event, last.id) if last else None,
        fresh=lambda: gateway.clock() - asked < STORED_FRESH_MS,
    )


def _filter(query: PatternsQuery) -> PatternFilter:
    before = after("p", query.page_token, int, str) if query.page_token is not None else None
    return PatternFilter(
        limit=query.limit + 1,
        start=milliseconds(query.start) if query.start else FIRST,
        end=milliseconds(query.end) if query.end else LAST,
        symbol=query.symbol,
        industry=query.industry,
        pattern=query.pattern,
        status=query.status,
        direction=query.direction,
        timeframe=TIMEFRAMES[query.timeframe] if query.timeframe else None,
        before=(before[0], before[1]) if before else None,
    )
