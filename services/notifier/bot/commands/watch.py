"""/watch, /unwatch and /list: the watchlist."""

from __future__ import annotations

from dataclasses import replace

from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.delivery.instruments import LatestInstruments
from services.notifier.domain import replies
from services.notifier.domain.commands import EVERYTHING
from services.notifier.domain.instruments import industry
from services.notifier.domain.messages import Reply
from services.notifier.domain.ports.chats import ChatStore
from services.notifier.domain.ports.market import MarketStore
from services.notifier.domain.ports.watchlists import Watchlists
from services.notifier.domain.recipients import Chat
from services.notifier.words.catalogue import phrase


async def watch(
    chat: Chat,
    arguments: str,
    chats: ChatStore,
    watchlists: Watchlists,
    market: MarketStore,
    instruments: LatestInstruments,
    clock: TimeAndRandom,
    watchlist_most: int,
) -> Reply:
    """Add instruments to the watchlist."""
    if not arguments:
        return Reply(phrase(chat.language, "which", name="watch"))
    now = clock.now()
    if arguments.casefold() in EVERYTHING:
        await chats.save(replace(chat, watch_all=True, watch_all_thread_id=chat.thread_id, active=True), now)
        return Reply(phrase(chat.language, "watched-all"))
    named = industry(arguments, await market.industries())
    if named is not None and instruments.current.find(arguments) is None:
        await chats.save(replace(chat, active=True), now)
        await watchlists.watch_industry(chat.address, named.slug, now)
        return Reply(phrase(chat.language, "watched", names=replies.industry_name(named, chat.language)))
    found, missing = instruments.current.resolve(arguments)
    there = await watchlists.watched(chat.address)
    fresh = [instrument for instrument in found if instrument.symbol not in there]
    room = max(0, watchlist_most - len(there))
    lines = []
    if found:
        await chats.save(replace(chat, active=True), now)
        await watchlists.watch(chat.address, [instrument.symbol for instrument in fresh[:room]], now)
        added = [instrument for instrument in found if instrument not in fresh[room:]]
        if added:
            lines.append(phrase(chat.language, "watched", names=replies.names(added, chat.language)))
    if len(fresh) > room:
        lines.append(phrase(chat.language, "full", most=watchlist_most))
    if missing:
        lines.append(replies.not_found(missing, instruments.current, chat.language))
    return Reply("\n".join(lines))


async def unwatch(
    chat: Chat,
    arguments: str,
    chats: ChatStore,
    watchlists: Watchlists,
    market: MarketStore,
    instruments: LatestInstruments,
    clock: TimeAndRandom,
) -> Reply:
    """Remove instruments from the watchlist."""
    if not arguments:
        return Reply(phrase(chat.language, "which", name="unwatch"))
    if arguments.casefold() in EVERYTHING:
        await watchlists.unwatch(chat.address, None)
        await watchlists.unwatch_industry(chat.address, None)
        await chats.save(replace(chat, watch_all=False), clock.now())
        return Reply(phrase(chat.language, "unwatched-all"))
    named = industry(arguments, await market.industries())
    if named is not None and instruments.current.find(arguments) is None:
        await watchlists.unwatch_industry(chat.address, named.slug)
        return Reply(phrase(chat.language, "unwatched", names=replies.industry_name(named, chat.language)))
    found, missing = instruments.current.resolve(arguments)
    lines = []
    if found:
        await watchlists.unwatch(chat.address, [instrument.symbol for instrument in found])
        lines.append(phrase(chat.language, "unwatched", names=replies.names(found, chat.language)))
    if missing:
        lines.append(replies.not_found(missing, instruments.current, chat.language))
    return Reply("\n".join(lines))


async def show_list(
    chat: Chat,
    arguments: str,  # noqa: ARG001
    watchlists: Watchlists,
    market: MarketStore,
    instruments: LatestInstruments,
) -> Reply:
    """Show the watchlist."""
    symbols = await watchlists.watched(chat.address)
    watched = set(await watchlists.industries(chat.address))
    chosen = [each for each in await market.industries() if each.slug in watched] if watched else []
    return Reply(replies.list_text(symbols, chosen, chat, instruments.current))
