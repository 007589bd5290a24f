"""/v1/indicators: rows of indicators, from memory alone."""

from __future__ import annotations

from services.gateway.domain.queries import IndicatorsQuery
from services.gateway.domain.timeframes import TIMEFRAMES
from services.gateway.domain.times import rfc3339
from services.gateway.domain.windows import cut, in_memory, window
from services.gateway.handlers.answers import REPLAYED, envelope
from services.gateway.handlers.cache import Answer
from services.gateway.handlers.gateway import Gateway


async def between(gateway: Gateway, query: IndicatorsQuery) -> Answer:
    """Indicator rows of one instrument and timeframe; a warning says so when older ones were asked for than memory has."""
    gateway.check_symbol(query.symbol)
    key = (query.symbol, TIMEFRAMES[query.timeframe])
    series = gateway.market.indicators.get(key)
    wanted = window(query)
    found = cut(in_memory(series, wanted, adjusted=False), wanted, query)
    warnings = [REPLAYED] if series and series.replayed and found.lines else []
    if series is None or series.oldest is None:
        warnings.append(f"no indicators of {query.symbol} {query.timeframe} yet")
    elif query.start is not None and wanted.start < series.oldest:
        kept = gateway.market.rows_per_series
        warnings.append(f"only the newest {kept} rows are kept; the oldest here is of {rfc3339(series.oldest)}")
    version = series.version if series else 0

    def fresh() -> bool:
        now = gateway.market.indicators.get(key)
        return (now.version if now else 0) == version

    source = series.source if series and found.lines else None
    return envelope((line[1] for line in found.lines), source or None, warnings, found.next_page_token, fresh)
