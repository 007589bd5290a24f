"""Tells the person who set up a group that one of its topics accepts no messages any more."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from services.notifier.domain.briefings.building import stable_id
from services.notifier.domain.contents import notice_body
from services.notifier.domain.delivery import DeliveryStatus, Priority
from services.notifier.domain.ports.deliveries import NewDelivery
from services.notifier.domain.recipients import Chat
from services.notifier.words.catalogue import LANGUAGES, phrase

DAY: Final = 86_400_000


def topic_notice(group: Chat, thread_id: int, now: int) -> NewDelivery | None:
    """The notice for their own chat with the bot, at most one a day and topic; None where nobody is known.

    Where they have no chat with the bot, the delivery fails, and the note in the group remains.
    """
    if not group.user_id or group.user_id == group.chat_id:
        return None
    texts = {language: phrase(language, "notice-topic", thread=str(thread_id)) for language in LANGUAGES}
    notice_id = stable_id("topic", group.channel, group.chat_id, thread_id, now // DAY)
    to = replace(group, chat_id=group.user_id, kind="private", thread_id=0)
    return NewDelivery(
        notice_id, to, DeliveryStatus.PENDING, notice_body(texts), kind="notice", paced=False, priority=Priority.URGENT
    )
