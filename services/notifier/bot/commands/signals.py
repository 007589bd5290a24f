"""/signals: the latest signals."""

from __future__ import annotations

from typing import Final

from services.notifier.delivery.instruments import LatestInstruments
from services.notifier.domain import replies
from services.notifier.domain.messages import Reply
from services.notifier.domain.ports.market import MarketStore
from services.notifier.domain.ports.watchlists import Watchlists
from services.notifier.domain.recipients import Chat

SHOWN_SIGNALS: Final = 10


async def signals(chat: Chat, arguments: str, watchlists: Watchlists, market: MarketStore, instruments: LatestInstruments) -> Reply:
    """The latest signals of some instruments; of the watchlist where none is named, of all where that is empty."""
    missing: list[str] = []
    if arguments:
        found, missing = instruments.current.resolve(arguments)
        symbols: list[str] | None = [instrument.symbol for instrument in found]
    else:
        symbols = None if chat.watch_all else await watchlists.watched(chat.address) or None
    if arguments and not symbols:
        return Reply(replies.not_found(missing, instruments.current, chat.language))
    latest = await market.signals(symbols, SHOWN_SIGNALS)
    return Reply(replies.signals_text(latest, instruments.current, chat))
