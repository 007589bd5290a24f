"""/v1/patterns: chart patterns at their newest status, newest first, from the database."""

from __future__ import annotations

from services.gateway.domain import api_models
from services.gateway.domain.bar_windows import MAX_TIME, MIN_TIME
from services.gateway.domain.filters import PatternFilter
from services.gateway.domain.page_tokens import page_token, parse_page_token
from services.gateway.domain.queries import PatternsQuery
from services.gateway.domain.timeframes import TIMEFRAME_BY_NAME
from services.gateway.domain.times import milliseconds
from services.gateway.handlers.bars import STORED_FRESH_MS
from services.gateway.handlers.cache import Answer
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.responses import REPLAYED, answer_of_views


async def list_patterns(gateway: Gateway, query: PatternsQuery) -> Answer:
    """Patterns that match. A new one is stored with analysis' next checkpoint, about a second after its bar."""
    gateway.check_industry(query.industry)
    if query.symbol is not None:
        gateway.check_symbol(query.symbol)
    read_at = gateway.clock()
    found = await gateway.history.patterns(_filter(query))
    shown = found[: query.limit]
    last = shown[-1] if len(found) > query.limit else None
    return answer_of_views(
        map(api_models.pattern, shown),
        shown[0].source or None if shown else None,
        [REPLAYED] if any(pattern.replayed for pattern in shown) else [],
        next_page_token=page_token("p", last.ts_event, last.id) if last else None,
        fresh=lambda: gateway.clock() - read_at < STORED_FRESH_MS,
    )


def _filter(query: PatternsQuery) -> PatternFilter:
    before = parse_page_token("p", query.page_token, int, str) if query.page_token is not None else None
    return PatternFilter(
        limit=query.limit + 1,
        start=milliseconds(query.start) if query.start else MIN_TIME,
        end=milliseconds(query.end) if query.end else MAX_TIME,
        symbol=query.symbol,
        industry=query.industry,
        pattern=query.pattern,
        status=query.status,
        direction=query.direction,
        timeframe=TIMEFRAME_BY_NAME[query.timeframe] if query.timeframe else None,
        before=(before[0], before[1]) if before else None,
    )
