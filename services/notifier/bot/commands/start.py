"""/start: introduces the bot and begins the first steps; by a link of inline mode, it shows an instrument."""

from __future__ import annotations

from dataclasses import replace

from services.notifier.bot.commands.price import price
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.delivery.instruments import LatestInstruments
from services.notifier.domain.deep_links import symbol_of
from services.notifier.domain.messages import Button, Reply
from services.notifier.domain.ports.chats import ChatStore
from services.notifier.domain.ports.market import MarketStore, Quotes
from services.notifier.domain.recipients import Chat
from services.notifier.words.catalogue import LANGUAGES, phrase


async def start(
    chat: Chat,
    arguments: str,
    chats: ChatStore,
    market: MarketStore,
    quotes: Quotes,
    instruments: LatestInstruments,
    clock: TimeAndRandom,
) -> Reply:
    """Introduce the bot and activate the chat; the buttons choose the language, and the next steps follow."""
    await chats.save(replace(chat, active=True), clock.now())
    symbol = symbol_of(arguments.strip())
    if symbol is not None and instruments.current.find(symbol) is not None:
        shown = await price(chat, symbol, market, quotes, instruments, clock)
        follow = Button(phrase(chat.language, "inline-watch"), f"watch {symbol}")
        more = Button(phrase(chat.language, "inline-analyze"), f"analyze {symbol}")
        return Reply(shown.text, ((follow, more),))
    languages = tuple(Button(phrase(each, "language-name"), f"setup language {each}") for each in LANGUAGES)
    return Reply(phrase(chat.language, "start"), (languages,))
