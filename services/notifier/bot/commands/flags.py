"""/flags, for the operator alone."""

from __future__ import annotations

from services.notifier.bot.flags import FLAGS, LatestFlags
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.domain.messages import Button, Reply
from services.notifier.domain.recipients import Chat
from services.notifier.domain.telegram_html import escape
from services.notifier.words.catalogue import phrase

STATES = {"on": True, "off": False}


async def show_flags(chat: Chat, arguments: str, flags: LatestFlags, clock: TimeAndRandom) -> Reply:
    """List the features; ``NAME on`` and ``NAME off`` switch one."""
    name, _, wanted = arguments.strip().casefold().partition(" ")
    if name and (name not in FLAGS or wanted not in STATES):
        return Reply(phrase(chat.language, "flags-unknown", name=escape(arguments, 60), known=", ".join(FLAGS)))
    if name:
        await flags.switch(name, clock.now(), on=STATES[wanted])
    buttons = []
    for each in FLAGS:
        on = flags.is_on(each)
        buttons.append((Button(f"{'✅' if on else '▫️'} {each}", f"flags {each} {'off' if on else 'on'}"),))
    return Reply(phrase(chat.language, "flags"), tuple(buttons), edits=True)
