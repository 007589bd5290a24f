"""/help: lists the commands."""

from __future__ import annotations

from services.notifier.domain.messages import Reply
from services.notifier.domain.recipients import Chat
from services.notifier.words.catalogue import phrase


async def show_help(chat: Chat, arguments: str) -> Reply:  # noqa: ARG001
    """List the commands."""
    return Reply(phrase(chat.language, "help"))
