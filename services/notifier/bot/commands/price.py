"""/price: the latest quote."""

from __future__ import annotations

from typing import Final

from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.delivery.instruments import LatestInstruments
from services.notifier.domain import replies
from services.notifier.domain.messages import Reply
from services.notifier.domain.ports.market import MarketStore, Quotes
from services.notifier.domain.recipients import Chat
from services.notifier.words.catalogue import phrase

SHOWN_PRICES: Final = 5


async def price(
    chat: Chat, arguments: str, market: MarketStore, quotes: Quotes, instruments: LatestInstruments, clock: TimeAndRandom
) -> Reply:
    """The latest quote from memory; the last stored close where there is none."""
    if not arguments:
        return Reply(phrase(chat.language, "which", name="price"))
    found, missing = instruments.current.resolve(arguments, SHOWN_PRICES)
    parts = []
    for instrument in found:
        quote = quotes.get(instrument.symbol)
        if quote is not None:
            parts.append(replies.quote_text(instrument, quote, chat))
            continue
        bars = await market.bars(instrument.symbol, "1d", clock.now(), 1)
        known = replies.bar_text(instrument, bars[-1], chat) if bars else None
        parts.append(known or f"{replies.heading(instrument, chat.language)}\n{phrase(chat.language, 'no-price')}")
    if missing:
        parts.append(replies.not_found(missing, instruments.current, chat.language))
    return Reply("\n\n".join(parts))
