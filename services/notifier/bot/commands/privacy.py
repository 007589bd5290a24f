"""/privacy, /export and /forget: what is stored about a chat, a copy of it, and its deletion."""

from __future__ import annotations

import msgspec

from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.domain.messages import Button, Reply
from services.notifier.domain.payments import renewing
from services.notifier.domain.ports.chats import PersonalData
from services.notifier.domain.ports.payments import MemberStore, PaymentStore, PremiumChannel, RequestFailedError, Stars
from services.notifier.domain.recipients import Chat
from services.notifier.domain.telegram_html import escape
from services.notifier.words.catalogue import phrase

CONFIRMED = "yes"
LONGEST = 60_000
"""Characters of a copy; the rows of deliveries are counted, not listed."""


async def privacy(chat: Chat, arguments: str) -> Reply:  # noqa: ARG001
    """What is stored, why, and how to delete it."""
    buttons = (
        (Button(phrase(chat.language, "privacy-export"), "export"), Button(phrase(chat.language, "privacy-forget"), "forget")),
    )
    return Reply(phrase(chat.language, "privacy"), buttons)


async def export(chat: Chat, arguments: str, personal_data: PersonalData) -> Reply:  # noqa: ARG001
    """Everything that is stored about the chat, as JSON."""
    found = await personal_data.export(chat.channel, chat.chat_id)
    text = msgspec.json.format(msgspec.json.encode(found), indent=1).decode()
    lines = (escape(line, 2000) for line in text[:LONGEST].split("\n"))
    return Reply("\n".join(f"<code>{line}</code>" for line in lines if line))


async def forget(
    chat: Chat,
    arguments: str,
    personal_data: PersonalData,
    payments: PaymentStore | None,
    stars: Stars | None,
    members: MemberStore | None,
    premium_channel: PremiumChannel | None,
    clock: TimeAndRandom,
) -> Reply:
    """Delete everything about the chat, once it is confirmed. A subscription ends first: nobody pays for what is not known."""
    if arguments.strip().casefold() != CONFIRMED:
        sure = Button(phrase(chat.language, "privacy-forget-yes"), f"forget {CONFIRMED}")
        return Reply(phrase(chat.language, "privacy-forget-sure"), ((sure,),), edits=True)
    try:
        if payments is not None and stars is not None:
            subscription = renewing(await payments.of_chat(chat.chat_id), clock.now())
            if subscription is not None:
                await stars.set_renewal(subscription, renews=False)
        if members is not None and premium_channel is not None and (member := await members.get(chat.chat_id)):
            await premium_channel.remove(member)
    except RequestFailedError:
        return Reply(phrase(chat.language, "forget-premium"))
    await personal_data.forget(chat.channel, chat.chat_id)
    return Reply(phrase(chat.language, "privacy-forgotten"), edits=True)
