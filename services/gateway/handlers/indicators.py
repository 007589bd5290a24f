"""/v1/indicators: the newest rows from memory, older ones and chosen columns computed from stored bars."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from services.gateway.domain.bar_windows import BarWindow, JsonRow, bar_window, memory_covers, row_page, rows_in_memory
from services.gateway.domain.computed_rows import ComputedRows, canonical_columns
from services.gateway.domain.queries import IndicatorsQuery
from services.gateway.domain.series import RowSeries
from services.gateway.domain.timeframes import TIMEFRAME_BY_NAME
from services.gateway.domain.times import rfc3339
from services.gateway.handlers.bars import STORED_FRESH_MS
from services.gateway.handlers.cache import Answer
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.responses import REPLAYED, envelope

NOTHING = ComputedRows([], more=False, source="", replayed=False)


async def get_indicators(gateway: Gateway, query: IndicatorsQuery) -> Answer:
    """Indicator rows of one instrument and timeframe.

    Without `columns` those that analysis computes for every bar, the newest rows from memory. Rows that are older than memory, and
    all rows of chosen `columns`, are computed from the stored bars by the same functions; such an answer may have fewer rows than
    `limit`, and the next page has the others. Values are on prices that are adjusted as of now.
    """
    gateway.check_symbol(query.symbol)
    if query.columns is not None:
        return await _chosen(gateway, query, canonical_columns(query.columns))
    return await _default(gateway, query)


async def _chosen(gateway: Gateway, query: IndicatorsQuery, columns: tuple[str, ...]) -> Answer:
    window, read_at = bar_window(query), gateway.clock()
    timeframe = TIMEFRAME_BY_NAME[query.timeframe]
    found = await gateway.computed.rows(query.symbol, timeframe, columns, window, read_at, gateway.settings.research_seconds)
    warnings = [REPLAYED] if found.replayed else []
    return _answer(query, window, found.rows, found, found.source, warnings, lambda: gateway.clock() - read_at < STORED_FRESH_MS)


async def _default(gateway: Gateway, query: IndicatorsQuery) -> Answer:
    key = (query.symbol, TIMEFRAME_BY_NAME[query.timeframe])
    series, window, read_at = gateway.market.indicators.get(key), bar_window(query), gateway.clock()
    version, complete = series.version if series else 0, memory_covers(series, window)
    live, older, warnings = rows_in_memory(series, window, adjusted=False), NOTHING, list[str]()
    if not complete:
        found = await gateway.computed.older_rows(
            *key, _older(series, window, len(live)), read_at, gateway.settings.research_seconds
        )
        if isinstance(found, str):
            warnings.append(_missing(query, series, found))
        else:
            older = found
    if older.more and not window.newest:
        live = []  # there are rows between
    if older.replayed or (series and series.replayed and live):
        warnings.insert(0, REPLAYED)

    def fresh() -> bool:
        now = gateway.market.indicators.get(key)
        return (now.version if now else 0) == version and (complete or gateway.clock() - read_at < STORED_FRESH_MS)

    source = series.source if series and live else older.source
    return _answer(query, window, [*older.rows, *live], older, source, warnings, fresh)


def _older(series: RowSeries | None, window: BarWindow, live: int) -> BarWindow:
    """The part of a window that is older than memory."""
    end = window.end if series is None or series.oldest is None else min(window.end, series.oldest - 1)
    return replace(window, end=end, limit=window.limit - live if window.newest else window.limit)


def _missing(query: IndicatorsQuery, series: RowSeries | None, why: str) -> str:
    if series is None or series.oldest is None:
        return f"no indicators of {query.symbol} {query.timeframe} yet, and none can be computed: {why}"
    return f"rows before {rfc3339(series.oldest)} are missing: {why}"


def _answer(
    query: IndicatorsQuery,
    window: BarWindow,
    rows: list[JsonRow],
    computed: ComputedRows,
    source: str,
    warnings: list[str],
    fresh: Callable[[], bool],
) -> Answer:
    page = row_page(rows, window, query, more=computed.more)
    if computed.more and not window.paged and len(page.rows) < window.limit:
        warnings.append(f"only the newest {len(page.rows)} rows fit one answer; sort=desc has the others page by page")
    return envelope((line[1] for line in page.rows), source or None, warnings, page.next_page_token, fresh)
