"""/v1/quotes: the latest quotes, from memory."""

from __future__ import annotations

from services.gateway.domain.queries import QuotesQuery
from services.gateway.handlers.cache import Answer
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.quotes_then import quotes_as_of
from services.gateway.handlers.responses import REPLAYED, envelope


async def get_quotes(gateway: Gateway, query: QuotesQuery) -> Answer:
    """Quotes of the symbols, of an industry, or all. A warning names instruments without a quote.

    With `as_of` the prices of up to 20 `symbols` at the close of the newest bar that had closed by then.
    """
    gateway.check_industry(query.industry)
    if query.as_of is not None:
        return await quotes_as_of(gateway, query, query.as_of)
    market = gateway.market
    symbols = list(dict.fromkeys(query.symbols.split(","))) if query.symbols else sorted(market.quotes)
    if query.symbols:
        for symbol in symbols:
            gateway.check_symbol(symbol, "symbols")
    if query.industry:
        members = gateway.directory.members.get(query.industry, frozenset())
        symbols = [symbol for symbol in symbols if symbol in members]
    known = [market.quotes[symbol] for symbol in symbols if symbol in market.quotes]
    missing = [symbol for symbol in symbols if symbol not in market.quotes]
    warnings = [REPLAYED] if any(quote.event.replayed for quote in known) else []
    if missing:
        warnings.append(f"no quote yet: {', '.join(missing)}")
    newest = max((quote.event for quote in known), key=lambda event: event.ts_event, default=None)
    version = market.quotes_version
    return envelope(
        (quote.body for quote in known),
        newest.source if newest else None,
        warnings,
        fresh=lambda: market.quotes_version == version,
    )
