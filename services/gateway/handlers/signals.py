"""/v1/signals: newest first, from memory and database together."""

from __future__ import annotations

from services.gateway.domain import api_models
from services.gateway.domain.bar_windows import MAX_TIME, MIN_TIME
from services.gateway.domain.filters import SignalFilter
from services.gateway.domain.page_tokens import page_token, parse_page_token
from services.gateway.domain.queries import SignalsQuery
from services.gateway.domain.timeframes import TIMEFRAME_BY_NAME
from services.gateway.domain.times import milliseconds
from services.gateway.handlers.bars import STORED_FRESH_MS
from services.gateway.handlers.cache import Answer
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.responses import REPLAYED, answer_of_views


async def list_signals(gateway: Gateway, query: SignalsQuery) -> Answer:
    """Signals that match. A signal may be in memory, in the database or in both; it is returned once.

    One that was published before its record was computed gets it here.
    """
    gateway.check_industry(query.industry)
    if query.symbol is not None:
        gateway.check_symbol(query.symbol)
    filter_ = _filter(gateway, query)
    market, version, read_at = gateway.market, gateway.market.signals_version, gateway.clock()
    stored = await gateway.history.signals(filter_)
    found = {signal.id: signal for signal in stored} | {s.id: s for s in market.signals.values() if filter_.matches(s)}
    ordered = sorted(found.values(), key=lambda signal: (signal.ts_event, signal.id), reverse=True)
    records = gateway.records()
    shown = records.completed(ordered[: query.limit])
    last = shown[-1] if len(ordered) > query.limit else None
    return answer_of_views(
        map(api_models.signal, shown),
        shown[0].source or None if shown else None,
        [REPLAYED] if any(signal.replayed for signal in shown) else [],
        next_page_token=page_token("s", last.ts_event, last.id) if last else None,
        fresh=lambda: (
            market.signals_version == version and gateway.records() is records and gateway.clock() - read_at < STORED_FRESH_MS
        ),
    )


def _filter(gateway: Gateway, query: SignalsQuery) -> SignalFilter:
    before = parse_page_token("s", query.page_token, int, str) if query.page_token is not None else None
    return SignalFilter(
        limit=query.limit + 1,
        start=milliseconds(query.start) if query.start else MIN_TIME,
        end=milliseconds(query.end) if query.end else MAX_TIME,
        symbol=query.symbol,
        members=gateway.directory.members.get(query.industry, frozenset()) if query.industry else None,
        industry=query.industry,
        rule=query.rule,
        direction=query.direction,
        timeframe=TIMEFRAME_BY_NAME[query.timeframe] if query.timeframe else None,
        before=(before[0], before[1]) if before else None,
    )
