"""The channels that signals are posted to: the setting is written to their rows at every start."""

from __future__ import annotations

from collections.abc import Sequence

from services.notifier.domain.ports.chats import ChatStore
from services.notifier.domain.ports.watchlists import Watchlists
from services.notifier.domain.posting import PostingChannel


async def apply_channels(
    wanted: Sequence[PostingChannel], chats: ChatStore, watchlists: Watchlists, channel: str, now: int
) -> None:
    """Store the channels with their filters; those that the setting does not name any more get nothing. Raises TransientError."""
    for each in wanted:
        chat = each.as_chat(channel)
        await chats.save(chat, now)
        await watchlists.unwatch(chat.address, None)
        await watchlists.unwatch_industry(chat.address, None)
        await watchlists.watch(chat.address, each.symbols, now)
        for industry in each.industries:
            await watchlists.watch_industry(chat.address, industry, now)
    await chats.keep_channels(channel, [each.chat for each in wanted], now)
