"""/v1/indicators: rows of indicators, from memory only."""

from __future__ import annotations

from services.gateway.domain.bar_windows import bar_window, row_page, rows_in_memory
from services.gateway.domain.queries import IndicatorsQuery
from services.gateway.domain.timeframes import TIMEFRAME_BY_NAME
from services.gateway.domain.times import rfc3339
from services.gateway.handlers.cache import Answer
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.responses import REPLAYED, envelope


async def get_indicators(gateway: Gateway, query: IndicatorsQuery) -> Answer:
    """Indicator rows of one instrument and timeframe; a warning is added where older ones were requested than memory has."""
    gateway.check_symbol(query.symbol)
    key = (query.symbol, TIMEFRAME_BY_NAME[query.timeframe])
    series = gateway.market.indicators.get(key)
    window = bar_window(query)
    page = row_page(rows_in_memory(series, window, adjusted=False), window, query)
    warnings = [REPLAYED] if series and series.replayed and page.rows else []
    if series is None or series.oldest is None:
        warnings.append(f"no indicators of {query.symbol} {query.timeframe} yet")
    elif query.start is not None and window.start < series.oldest:
        kept = gateway.market.rows_per_series
        warnings.append(f"only the newest {kept} rows are kept; the oldest here is of {rfc3339(series.oldest)}")
    version = series.version if series else 0

    def fresh() -> bool:
        now = gateway.market.indicators.get(key)
        return (now.version if now else 0) == version

    source = series.source if series and page.rows else None
    return envelope((line[1] for line in page.rows), source or None, warnings, page.next_page_token, fresh)
