"""/link: a key of the API reads and writes the watchlist and the alerts of this chat."""

from __future__ import annotations

from typing import Final

from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.domain.messages import Reply
from services.notifier.domain.ports.chats import ChatStore, KeyLinks
from services.notifier.domain.recipients import Chat
from services.notifier.domain.telegram_html import escape
from services.notifier.words.catalogue import phrase

OFF: Final = frozenset({"off", "해제"})
LONGEST_CODE: Final = 32


async def link(chat: Chat, arguments: str, chats: ChatStore, links: KeyLinks | None, clock: TimeAndRandom) -> Reply:
    """Link the key that issued a code; ``off`` ends all links of this chat."""
    code = arguments.strip().upper()
    if links is None or not code or len(code) > LONGEST_CODE:
        return Reply(phrase(chat.language, "link-help"))
    if code.casefold() in OFF:
        count = await links.unlink(chat.address)
        return Reply(phrase(chat.language, "unlinked" if count else "link-none"))
    now = clock.now()
    name = await links.link(code, chat.address, now)
    if name is None:
        return Reply(phrase(chat.language, "link-refused"))
    await chats.ensure(chat, now)
    return Reply(phrase(chat.language, "linked", name=escape(name)))
