"""/status: the state of the chat."""

from __future__ import annotations

from typing import Final

from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.domain import replies
from services.notifier.domain.messages import Reply
from services.notifier.domain.ports.deliveries import DeliveryCounts
from services.notifier.domain.ports.watchlists import Watchlists
from services.notifier.domain.recipients import Chat

DAY: Final = 86_400_000


async def status(chat: Chat, arguments: str, watchlists: Watchlists, deliveries: DeliveryCounts, clock: TimeAndRandom) -> Reply:  # noqa: ARG001
    """Show the status of the chat."""
    now = clock.now()
    watched = await watchlists.watched(chat.address)
    tally = await deliveries.counts_by_status(chat.channel, chat.chat_id, now - DAY)
    return Reply(replies.status_text(chat, len(watched), tally, now))
