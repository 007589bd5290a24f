"""Tells an administrator that a topic of the group accepts no messages any more, or the group where none can be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from services.notifier.domain.briefings.building import stable_id
from services.notifier.domain.contents import notice_body
from services.notifier.domain.delivery import DeliveryRow, DeliveryStatus, Priority
from services.notifier.domain.ports.chats import Admins, ChatStore
from services.notifier.domain.ports.deliveries import DeliveryQueue, NewDelivery
from services.notifier.domain.recipients import Chat
from services.notifier.words.catalogue import LANGUAGES, phrase

DAY: Final = 86_400_000
ASKED: Final = 20
"""Administrators of a group that are looked up."""


class TopicNotices:
    """Adds notices to the deliveries."""

    def __init__(self, chats: ChatStore, deliveries: DeliveryQueue, admins: Mapping[str, Admins]) -> None:
        """``admins``: by channel; none where a channel knows no administrators."""
        self._chats, self._deliveries, self._admins = chats, deliveries, admins

    async def tell(self, row: DeliveryRow, now: int) -> None:
        """Tell whoever set up the group, else another administrator, at most once a day and topic.

        Only people with an active chat with the bot can be told. Where there are none, the group is told, once and in no topic.
        Raises TransientError.
        """
        group = await self._chats.get(row.channel, row.chat_id)
        if group is None:
            return
        person = await self._reachable(group)
        await self._deliveries.add([_notice(group, row.thread_id, now, person)], now)

    async def tell_lost(self, row: DeliveryRow, now: int) -> None:
        """Tell that neither the topic nor the group itself accepts messages, at most once a day and topic.

        Nobody is told where no administrator has a chat with the bot. Raises TransientError.
        """
        group = await self._chats.get(row.channel, row.chat_id)
        person = await self._reachable(group) if group is not None else None
        if group is not None and person is not None:
            await self._deliveries.add([_notice(group, row.thread_id, now, person, lost=True)], now)

    async def _reachable(self, group: Chat) -> Chat | None:
        """The private chat of the first person who can be told."""
        if (found := await self._private(group.channel, group.user_id)) is not None:
            return found
        known = self._admins.get(group.channel)
        for user_id in (await known.admins(group.chat_id))[:ASKED] if known is not None else ():
            if (found := await self._private(group.channel, user_id)) is not None:
                return found
        return None

    async def _private(self, channel: str, user_id: str) -> Chat | None:
        chat = await self._chats.get(channel, user_id) if user_id else None
        return chat if chat is not None and chat.active and chat.kind == "private" else None


def _notice(group: Chat, thread_id: int, now: int, person: Chat | None, *, lost: bool = False) -> NewDelivery:
    if person is None:
        key, to, notice_id = "notice-topic-group", group, stable_id("topic", group.channel, group.chat_id, thread_id, "group")
    else:
        key, to = "notice-topic-lost" if lost else "notice-topic", person
        notice_id = stable_id("topic lost" if lost else "topic", group.channel, group.chat_id, thread_id, now // DAY)
    texts = {language: phrase(language, key, thread=str(thread_id)) for language in LANGUAGES}
    to = replace(to, thread_id=0)
    return NewDelivery(
        notice_id, to, DeliveryStatus.PENDING, notice_body(texts), kind="notice", paced=False, priority=Priority.URGENT
    )
