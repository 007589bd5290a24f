"""/news: the newest stories."""

from __future__ import annotations

from typing import Final

from services.notifier.bot.commands.settings import change_setting
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.delivery.instruments import LatestInstruments
from services.notifier.domain import replies
from services.notifier.domain.instruments import industry
from services.notifier.domain.messages import Reply
from services.notifier.domain.news_replies import news_text
from services.notifier.domain.ports.chats import ChatStore
from services.notifier.domain.ports.market import MarketStore
from services.notifier.domain.ports.stories import NewsStore
from services.notifier.domain.ports.watchlists import Watchlists
from services.notifier.domain.recipients import Chat
from services.notifier.domain.settings_replies import news_screen

SHOWN_STORIES: Final = 8
ALERTS: Final = "alerts"
"""The first word of the arguments that set the alerts."""


async def news(
    chat: Chat,
    arguments: str,
    chats: ChatStore,
    watchlists: Watchlists,
    market: MarketStore,
    news_stories: NewsStore,
    instruments: LatestInstruments,
    clock: TimeAndRandom,
) -> Reply:
    """The newest stories about an instrument or an industry; about the watchlist where none is named, all where that is empty.

    ``alerts off`` or ``alerts 0.5`` sets the importance from which stories are sent.
    """
    language = chat.language
    if arguments.casefold().partition(" ")[0] == ALERTS:
        value = arguments[len(ALERTS) :].strip()
        return await change_setting(chat, "news", value, chats, clock) if value else news_screen(chat)
    if not arguments:
        symbols = [] if chat.watch_all else await watchlists.watched(chat.address)
        labels = [("symbol", symbol) for symbol in symbols]
        return Reply(news_text(await news_stories.newest(labels, SHOWN_STORIES), "", chat))
    named = industry(arguments, await market.industries())
    if named is not None:
        name = named.name_ko if language == "ko" else named.name_en
        return Reply(news_text(await news_stories.newest([("industry", named.slug)], SHOWN_STORIES), name, chat))
    found, missing = instruments.current.resolve(arguments)
    if not found:
        return Reply(replies.not_found(missing, instruments.current, language))
    labels = [("symbol", instrument.symbol) for instrument in found]
    names = ", ".join(replies.display_name(instrument, language) for instrument in found)
    return Reply(news_text(await news_stories.newest(labels, SHOWN_STORIES), names, chat))
