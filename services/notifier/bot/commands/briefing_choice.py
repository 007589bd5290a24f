"""Chooses which briefings a chat gets, for /settings."""

from __future__ import annotations

from dataclasses import replace

from services.notifier.delivery.briefings import Briefings
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.domain.messages import Reply
from services.notifier.domain.ports.chats import ChatStore
from services.notifier.domain.preferences import BRIEFINGS
from services.notifier.domain.recipients import Chat
from services.notifier.domain.settings_replies import briefings_screen
from services.notifier.domain.telegram_html import escape
from services.notifier.words.catalogue import phrase


async def choose_briefings(chat: Chat, value: str, chats: ChatStore, briefings: Briefings, clock: TimeAndRandom) -> Reply:
    """The screen of briefings. ``value``: a kind, a market that is added or taken away, or ``own``. They come where it was said."""
    universe, chosen = await briefings.store.universe(), value.casefold()
    changed = chat
    if chosen in BRIEFINGS:
        changed = replace(chat, briefings=chosen)
    elif chosen == "own":
        changed = replace(chat, briefing_markets="")
    elif (market := universe.market(chosen)) is not None:
        before = [slug for slug in chat.briefing_markets.split(",") if slug]
        after = [slug for slug in before if slug != market.slug] if market.slug in before else [*before, market.slug]
        changed = replace(chat, briefing_markets=",".join(after))
    elif chosen:
        screen = briefings_screen(chat, universe.briefed())
        wrong = phrase(chat.language, "settings-unknown", value=escape(value, 40))
        return replace(screen, text=f"{wrong}\n{screen.text}", edits=False)
    if changed != chat:
        await chats.save(replace(changed, briefing_thread_id=chat.thread_id), clock.now())
    return briefings_screen(changed, universe.briefed())
