"""/setup: the first steps of a chat: language, time zone, industries, instruments, and a sample of an alert.

Industries come before instruments: one should invest in what one knows.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from services.notifier.bot.commands.industry_choice import toggle_industry
from services.notifier.bot.commands.settings import SETTERS
from services.notifier.bot.commands.watch import watch
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.delivery.instruments import LatestInstruments
from services.notifier.domain.alert_text import alert_text
from services.notifier.domain.messages import Reply
from services.notifier.domain.ports.chats import ChatStore
from services.notifier.domain.ports.market import MarketStore
from services.notifier.domain.ports.watchlists import Watchlists
from services.notifier.domain.recipients import Chat
from services.notifier.domain.setup_replies import finished, instruments_step, language_step, zone_step

SUGGESTED: Final = 6
"""Instruments of the chosen industries that have a button."""


async def setup(
    chat: Chat,
    arguments: str,
    chats: ChatStore,
    watchlists: Watchlists,
    market: MarketStore,
    instruments: LatestInstruments,
    clock: TimeAndRandom,
    watchlist_most: int,
) -> Reply:
    """Show one step; ``STEP VALUE`` stores the value and shows the next one."""
    step, _, value = arguments.strip().partition(" ")
    value = value.strip()
    if step in {"language", "zone"} and value:
        changed = SETTERS[step](chat, value)
        if changed is None:
            return language_step(chat) if step == "language" else zone_step(chat, value)
        chat = replace(changed, active=True)
        await chats.save(chat, clock.now())
        step, value = ("zone" if step == "language" else "industries"), ""
    if step == "zone":
        return zone_step(chat)
    if step == "industries":
        return await toggle_industry(chat, value, "setup", "setup instruments", chats, watchlists, market, clock)
    if step in {"instruments", "watch"}:
        added = await watch(chat, value, chats, watchlists, market, instruments, clock, watchlist_most) if value else None
        known = await market.members(await watchlists.industries(chat.address))
        watched = await watchlists.watched(chat.address)
        suggested = [instruments.current.get(symbol) for symbol in known if symbol not in watched][:SUGGESTED]
        return instruments_step(chat, watched, suggested, instruments.current, added.text if added else "")
    if step == "done":
        return await _finish(chat, watchlists, market, instruments)
    return language_step(chat)


async def _finish(chat: Chat, watchlists: Watchlists, market: MarketStore, instruments: LatestInstruments) -> Reply:
    """A sample of an alert: the newest signal of what is watched, else of any instrument."""
    watched = await watchlists.watched(chat.address)
    newest = await market.signals(watched or None, 1) or await market.signals(None, 1)
    if not newest:
        return finished(chat, "")
    return finished(chat, alert_text(newest[0], instruments.current.get(newest[0].symbol), chat.language, chat=chat))
