"""/v1/trading: whether instruments can be traded, now or at a moment in the past."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Final

from services.gateway.domain.problems import RequestError
from services.gateway.domain.queries import TradingQuery
from services.gateway.domain.trading import Trading, trading
from services.gateway.handlers.cache import Answer
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.past_warnings import past_warnings
from services.gateway.handlers.quotes_then import MOST, price_time
from services.gateway.handlers.responses import REPLAYED, answer_of_views
from shared.calendars import CALENDARS, Sessions, sessions

AHEAD: Final = dt.timedelta(days=21)
FIRST_MS: Final = 946_684_800_000
"""The start of 2000: hours before it are not known."""
_computing: Final = asyncio.Semaphore(1)
"""A year of a calendar that was never read takes seconds in a thread."""


async def get_trading(gateway: Gateway, query: TradingQuery) -> Answer:
    """Session state and tradability of up to 20 instruments.

    Without `as_of` the moment is now, or, of an instrument whose prices are replayed, that of its newest price. An index is not
    traded, and neither is what has no price yet.
    """
    symbols = list(dict.fromkeys(query.symbols.split(",")))
    if len(symbols) > MOST:
        why = f"symbols: at most {MOST}, not {len(symbols)}"
        raise RequestError("invalid-parameter", why, field="symbols", value=query.symbols)
    for symbol in symbols:
        gateway.check_symbol(symbol, "symbols")
    as_of = None if query.as_of is None else gateway.moment(query.as_of, symbols)
    found = [each for symbol in symbols if (each := await _of(gateway, symbol, as_of)) is not None]
    missing = sorted(set(symbols) - {each.symbol for each in found})
    replayed = any((quote := gateway.market.quotes.get(symbol)) is not None and quote.event.replayed for symbol in symbols)
    warnings = [*([REPLAYED] if replayed else []), *await past_warnings(gateway, as_of)]
    return answer_of_views(found, "finstage", [*warnings, *(f"{symbol} is not listed yet" for symbol in missing)])


async def _of(gateway: Gateway, symbol: str, as_of: int | None) -> Trading | None:
    instrument, quote = gateway.directory.instruments.get(symbol), gateway.market.quotes.get(symbol)
    if instrument is None:
        return None
    if as_of is not None:
        at, price_at = as_of, await price_time(gateway, symbol, as_of)
    else:
        price_at = None if quote is None else quote.event.ts_event
        at = quote.event.ts_event if quote is not None and quote.event.replayed else gateway.clock()
    return trading(instrument, await _sessions(gateway, instrument.exchange, at), at, price_at)


async def _sessions(gateway: Gateway, exchange: str, at: int) -> Sessions | None:
    if exchange not in CALENDARS or at < FIRST_MS:
        return None
    day = dt.datetime.fromtimestamp(at / 1000, dt.UTC).date()
    whole = dt.date(day.year, 1, 1), dt.date((day + AHEAD).year, 12, 31)  # whole years, so that few are computed
    async with _computing:
        return await asyncio.to_thread(sessions, exchange, *whole, None, gateway.settings.session_files)
