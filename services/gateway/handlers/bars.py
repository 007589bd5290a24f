"""/v1/bars: closed bars, the newest from memory, older ones from the database."""

from __future__ import annotations

from typing import Final

from services.gateway.domain.bar_windows import StoredRows, bar_window, memory_covers, merge, row_page, rows_in_memory
from services.gateway.domain.queries import BarsQuery
from services.gateway.domain.series import RowSeries
from services.gateway.domain.stored_bars import json_rows
from services.gateway.domain.timeframes import TIMEFRAME_BY_NAME
from services.gateway.handlers.cache import Answer
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.past_warnings import past_warnings
from services.gateway.handlers.responses import REPLAYED, envelope

STORED_FRESH_MS: Final = 5_000
"""How long an answer with stored rows is reused: a change may arrive on the topic before it is stored."""


async def get_bars(gateway: Gateway, query: BarsQuery) -> Answer:
    """The bars of one instrument and timeframe.

    With `as_of` the stored bars as they were known then: those that had closed, before later restatements, and with
    `adjustment=all` adjusted for the splits and dividends until then.
    """
    gateway.check_symbol(query.symbol)
    if query.as_of is not None:
        return await _bars_as_of(gateway, query, gateway.moment(query.as_of, (query.symbol,)))
    timeframe = TIMEFRAME_BY_NAME[query.timeframe]
    window, adjusted = bar_window(query), query.adjustment == "all"
    series = gateway.market.bars.get((query.symbol, timeframe))
    version = series.version if series else 0
    read_at = gateway.clock()
    from_memory = memory_covers(series, window)
    stored = StoredRows() if from_memory else await gateway.history.bars(query.symbol, timeframe, window, adjusted=adjusted)
    live = rows_in_memory(series, window, adjusted=adjusted)
    page = row_page(merge(stored.rows, live, window), window, query)
    source = series.source if series and live else stored.source
    replayed = stored.replayed or bool(series and live and series.replayed)

    def fresh() -> bool:
        now: RowSeries | None = gateway.market.bars.get((query.symbol, timeframe))
        return (now.version if now else 0) == version and (from_memory or gateway.clock() - read_at < STORED_FRESH_MS)

    warnings = [REPLAYED] if replayed else []
    return envelope((line[1] for line in page.rows), source or None, warnings, page.next_page_token, fresh)


async def _bars_as_of(gateway: Gateway, query: BarsQuery, as_of: int) -> Answer:
    window, read_at = bar_window(query), gateway.clock()
    found = await gateway.past.bars(query.symbol, TIMEFRAME_BY_NAME[query.timeframe], window, as_of)
    page = row_page(json_rows(found, adjusted=query.adjustment == "all"), window, query)
    warnings = [*([REPLAYED] if any(bar.replayed for bar in found) else []), *await past_warnings(gateway, as_of)]
    source = found[-1].source if found else None
    rows = (line[1] for line in page.rows)
    return envelope(rows, source, warnings, page.next_page_token, lambda: gateway.clock() - read_at < STORED_FRESH_MS)
