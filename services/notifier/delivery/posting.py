"""The channels that signals are posted to: the setting is written to their rows at every start."""

from __future__ import annotations

from collections.abc import Sequence

from services.notifier.domain.ports import ChatStore
from services.notifier.domain.posting import PostingChannel


async def apply_channels(wanted: Sequence[PostingChannel], chats: ChatStore, channel: str, now: int) -> None:
    """Store the channels with their filters; those that the setting does not name any more get nothing. Raises TransientError."""
    for each in wanted:
        chat = each.as_chat(channel)
        await chats.save(chat, now)
        await chats.unwatch(chat.address, None)
        await chats.unwatch_industry(chat.address, None)
        await chats.watch(chat.address, each.symbols, now)
        for industry in each.industries:
            await chats.watch_industry(chat.address, industry, now)
    await chats.keep_channels(channel, [each.chat for each in wanted], now)
