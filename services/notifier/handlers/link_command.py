"""The bot's command /link: a key of the API reads and writes the watchlist and the alerts of this chat."""

from __future__ import annotations

from typing import Final

from services.notifier.domain.messages import Reply
from services.notifier.domain.phrases import phrase
from services.notifier.domain.recipients import Chat
from services.notifier.domain.telegram_html import escape
from services.notifier.handlers.bot_context import BotContext

OFF: Final = frozenset({"off", "해제"})
LONGEST_CODE: Final = 32


async def link(context: BotContext, chat: Chat, arguments: str) -> Reply:
    """Link the key that issued a code; ``off`` ends all links of this chat."""
    code = arguments.strip().upper()
    if context.links is None or not code or len(code) > LONGEST_CODE:
        return Reply(phrase(chat.language, "link_help"))
    if code.casefold() in OFF:
        count = await context.links.unlink(chat.address)
        return Reply(phrase(chat.language, "unlinked" if count else "link_none"))
    now = context.clock.now()
    name = await context.links.link(code, chat.address, now)
    if name is None:
        return Reply(phrase(chat.language, "link_refused"))
    await context.chats.ensure(chat, now)
    return Reply(phrase(chat.language, "linked", name=escape(name)))
