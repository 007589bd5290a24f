"""/mute: no alerts for some time."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.domain.commands import mute_span
from services.notifier.domain.messages import Reply
from services.notifier.domain.ports.chats import ChatStore
from services.notifier.domain.preferences import next_midnight
from services.notifier.domain.recipients import Chat
from services.notifier.domain.settings_replies import mute_screen, muted_reply

TOMORROW: Final = frozenset({"tomorrow", "내일", "내일까지"})


async def mute(chat: Chat, arguments: str, chats: ChatStore, clock: TimeAndRandom) -> Reply:
    """Mute the chat's alerts for some time, or until tomorrow in its zone."""
    now = clock.now()
    if arguments.strip().casefold() in TOMORROW:
        until = next_midnight(chat, now)
    else:
        span = mute_span(arguments)
        if span is None:
            return mute_screen(chat)
        until = now + span if span else 0
    muted = replace(chat, muted_until=until)
    await chats.save(muted, now)
    return muted_reply(muted, now)
