"""Quotes of a moment in the past, from stored bars."""

from __future__ import annotations

import datetime as dt
from typing import Final

from services.gateway.domain import api_models
from services.gateway.domain.bar_windows import BarWindow
from services.gateway.domain.problems import RequestError
from services.gateway.domain.queries import QuotesQuery
from services.gateway.domain.quotes_then import FINER, newest_bar, quote_then
from services.gateway.domain.stored_bars import StoredBar
from services.gateway.handlers.cache import Answer
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.past_warnings import past_warnings
from services.gateway.handlers.responses import REPLAYED, answer_of_views
from shared.events import Timeframe

MOST: Final = 20
"""Instruments of one request: each takes some reads of the database."""


async def quotes_as_of(gateway: Gateway, query: QuotesQuery, moment: dt.datetime) -> Answer:
    """The quotes of the symbols at a moment. Raises RequestError."""
    symbols = list(dict.fromkeys((query.symbols or "").split(","))) if query.symbols else []
    if not 1 <= len(symbols) <= MOST or query.industry:
        why = f"symbols: with as_of name 1 to {MOST} symbols, and no industry"
        raise RequestError("invalid-parameter", why, field="symbols", value=query.symbols or "")
    for symbol in symbols:
        gateway.check_symbol(symbol, "symbols")
    as_of = gateway.moment(moment, symbols)
    found = [(symbol, await _quote(gateway, symbol, as_of)) for symbol in symbols]
    known, missing = [quote for _, quote in found if quote], [symbol for symbol, quote in found if quote is None]
    warnings = [REPLAYED] if any(quote.replayed for quote in known) else []
    if missing:
        warnings.append(f"no price was known then: {', '.join(missing)}")
    warnings += await past_warnings(gateway, as_of)
    return answer_of_views(known, known[-1].source if known else None, warnings)


async def price_time(gateway: Gateway, symbol: str, as_of: int) -> int | None:
    """When the last price was made that was known at a moment; None where there is none."""
    newest = newest_bar([await _newest(gateway, symbol, timeframe, as_of, 1) for timeframe in FINER])
    return None if newest is None else newest.ts_close


async def _quote(gateway: Gateway, symbol: str, as_of: int) -> api_models.Quote | None:
    found = {timeframe: await _newest(gateway, symbol, timeframe, as_of, 2) for timeframe in FINER}
    newest = newest_bar(found.values())
    return None if newest is None else quote_then(symbol, newest, found[Timeframe.D1])


async def _newest(gateway: Gateway, symbol: str, timeframe: Timeframe, as_of: int, count: int) -> list[StoredBar]:
    window = BarWindow(start=0, end=as_of, limit=count, newest=True, descending=False, paged=False)
    return await gateway.past.bars(symbol, timeframe, window, as_of)
