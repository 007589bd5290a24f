"""Chooses the industries that a chat watches, for /settings and /setup."""

from __future__ import annotations

from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.domain.instruments import industry
from services.notifier.domain.messages import Reply
from services.notifier.domain.ports.chats import ChatStore
from services.notifier.domain.ports.market import MarketStore
from services.notifier.domain.ports.watchlists import Watchlists
from services.notifier.domain.recipients import Chat
from services.notifier.domain.settings_replies import industries_screen


async def toggle_industry(
    chat: Chat,
    value: str,
    base: str,
    after: str,
    chats: ChatStore,
    watchlists: Watchlists,
    market: MarketStore,
    clock: TimeAndRandom,
) -> Reply:
    """The screen of industries. ``value``: ``[PAGE] [NAME]``; a named one is watched from now on, or no longer."""
    first, _, rest = value.partition(" ")
    page, name = (int(first), rest) if first.isascii() and first.isdigit() and len(first) < 4 else (0, value)
    known = await market.industries()
    chosen = set(await watchlists.industries(chat.address))
    found = industry(name, known) if name.strip() else None
    if found is not None and found.slug in chosen:
        await watchlists.unwatch_industry(chat.address, found.slug)
    elif found is not None:
        await chats.save(chat, clock.now())
        await watchlists.watch_industry(chat.address, found.slug, clock.now())
    return industries_screen(known, set(await watchlists.industries(chat.address)), chat, page, base=base, after=after)
