"""The route of inline mode: a name typed behind the bot's name in any chat is answered with instruments and their prices.

Telegram sends these queries only where inline mode was switched on at BotFather.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aiogram import Bot, Router
from aiogram.types import InlineQuery

from services.notifier.bot.channel import CHANNEL
from services.notifier.bot.flags import LatestFlags
from services.notifier.bot.incoming import language_of
from services.notifier.bot.people import People
from services.notifier.delivery import metrics
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.delivery.instruments import LatestInstruments
from services.notifier.domain import replies
from services.notifier.domain.charts import ChartBar
from services.notifier.domain.commands import normal_line
from services.notifier.domain.deep_links import start_parameter
from services.notifier.domain.formatting import price
from services.notifier.domain.instruments import LONGEST, KnownInstrument
from services.notifier.domain.messages import Button, InlineAnswer, InlineItem
from services.notifier.domain.ports.market import MarketStore, Quotes
from services.notifier.domain.recipients import Chat
from services.notifier.words.catalogue import phrase
from shared.events import Quote

SHOWN: Final = 8
FRESH_SECONDS: Final = 30
"""How long Telegram keeps an answer: the same query of the same person is not sent again."""
NOTHING: Final = InlineAnswer((), FRESH_SECONDS)


def inline(
    people: People,
    allowed: frozenset[str],
    market: MarketStore,
    quotes: Quotes,
    instruments: LatestInstruments,
    flags: LatestFlags,
    clock: TimeAndRandom,
    default: str,
) -> Router:
    """The router.

    ``people``: how many queries a person may send, which are one for each key or two; ``allowed``: who gets answers, all where
    empty; ``default``: the language where Telegram names none.
    """

    async def item(instrument: KnownInstrument, reader: Chat, username: str | None) -> InlineItem:
        quote = quotes.get(instrument.symbol)
        bars = await market.bars(instrument.symbol, "1d", clock.now(), 1) if quote is None else ()
        return _item(instrument, quote, bars, reader, username)

    async def typed(query: InlineQuery, bot: Bot) -> InlineAnswer:
        user_id = str(query.from_user.id)
        reader = Chat(CHANNEL, user_id, language=language_of(query.from_user, default))  # others read it too: no zone of their own
        text = normal_line(query.query)[:LONGEST]
        closed = allowed and user_id not in allowed
        if closed or not text or not flags.is_on("inline") or not people.may_ask(user_id, clock.ticking()):
            metrics.UPDATES.labels("inline without answer").inc()
            return NOTHING
        index = instruments.current
        named = index.find(text)
        found = {each.symbol: each for each in ([named] if named else []) + index.suggestions(text, SHOWN)}
        username = (await bot.me()).username
        metrics.UPDATES.labels("inline").inc()
        items = [await item(each, reader, username) for each in [*found.values()][:SHOWN]]
        return InlineAnswer(tuple(items), FRESH_SECONDS)

    router = Router(name="inline")
    router.inline_query.register(typed)
    return router


def _item(
    instrument: KnownInstrument, quote: Quote | None, bars: Sequence[ChartBar], reader: Chat, username: str | None
) -> InlineItem:
    """One instrument with its latest price, from memory or the last stored daily bar."""
    language = reader.language
    text, value = f"{replies.heading(instrument, language)}\n{phrase(language, 'no-price')}", phrase(language, "no-price")
    if quote is not None:
        text, value = replies.quote_text(instrument, quote, reader), price(quote.last_price, instrument)
    elif bars:
        text, value = replies.bar_text(instrument, bars[-1], reader), price(bars[-1].close, instrument)
    link = f"https://t.me/{username}?start={start_parameter(instrument.symbol)}"
    title = replies.display_name(instrument, language)
    more = Button(phrase(language, "inline-more"), url=link)
    return InlineItem(instrument.symbol, title, f"{instrument.symbol} · {value}", text, more)
