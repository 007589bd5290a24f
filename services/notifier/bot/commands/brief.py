"""/brief: markets, own industries and instruments, signals and stories, now."""

from __future__ import annotations

from services.notifier.bot.briefings import Briefings
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.domain.messages import Button, Reply
from services.notifier.domain.recipients import Chat
from services.notifier.words.catalogue import phrase


async def brief(chat: Chat, arguments: str, briefings: Briefings | None, clock: TimeAndRandom) -> Reply:  # noqa: ARG001
    """The briefing; a button has it sent every day."""
    if briefings is None:
        return Reply(phrase(chat.language, "trouble"))
    daily = () if chat.briefing else ((Button(phrase(chat.language, "brief-daily"), "settings briefing on"),),)
    return Reply(await briefings.text(chat, clock.now()), daily)
