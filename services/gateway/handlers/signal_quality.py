"""/v1/signals/quality: what followed past signals, out of sample, from the database."""

from __future__ import annotations

from services.gateway.domain import api_models
from services.gateway.domain.filters import QualityFilter
from services.gateway.domain.page_tokens import page_token, parse_page_token
from services.gateway.domain.problems import RequestError
from services.gateway.domain.queries import QualityQuery
from services.gateway.domain.timeframes import TIMEFRAME_BY_NAME
from services.gateway.handlers.bars import STORED_FRESH_MS
from services.gateway.handlers.cache import Answer
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.responses import answer_of_views


async def list_quality(gateway: Gateway, query: QualityQuery) -> Answer:
    """Records that match, by rule. Analysis research computes them again when daily bars have closed."""
    gateway.check_industry(query.industry)
    if query.symbol is not None:
        gateway.check_symbol(query.symbol)
    read_at = gateway.clock()
    found = await gateway.history.quality(_filter(query))
    shown = found[: query.limit]
    last = shown[-1] if len(found) > query.limit else None
    return answer_of_views(
        map(api_models.quality_record, shown),
        "finstage" if shown else None,
        next_page_token=page_token("q", last.rule, last.id) if last else None,
        fresh=lambda: gateway.clock() - read_at < STORED_FRESH_MS,
    )


def _filter(query: QualityQuery) -> QualityFilter:
    level, group = query.level, query.symbol or query.industry
    of = "instrument" if query.symbol is not None else "industry" if query.industry is not None else None
    if query.symbol is not None and query.industry is not None:
        raise RequestError(
            "invalid-parameter",
            "industry: name a symbol or an industry, not both",
            field="industry",
            value=query.industry,
            code="symbols-or-industry",
        )
    if of is not None and level not in (None, of):
        raise RequestError(
            "invalid-parameter",
            f"level: {level!r} has no records of an {of}; choose {of}",
            field="level",
            value=str(level),
            code="value-choice",
        )
    after = parse_page_token("q", query.page_token, str, str) if query.page_token is not None else None
    return QualityFilter(
        limit=query.limit + 1,
        rule=query.rule,
        direction=query.direction,
        timeframe=TIMEFRAME_BY_NAME[query.timeframe] if query.timeframe else None,
        level=level or of,
        group=group,
        horizon=query.horizon,
        validated=query.validated,
        after=(after[0], after[1]) if after else None,
    )
