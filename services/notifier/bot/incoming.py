"""Where an update comes from: the chat, the person, the topic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from aiogram.types import CallbackQuery, InaccessibleMessage, Message, Update, User

from services.notifier.words.catalogue import LANGUAGES

GROUPS: Final = frozenset({"group", "supergroup"})
GENERAL: Final = 1
"""The topic General of a forum, which has no id to send to, not even its own."""


@dataclass(frozen=True)
class Incoming:
    """The origin of a text that was typed, or of a button that was pressed."""

    chat_id: str
    user_id: str
    """Empty for an anonymous administrator; ``trusted`` is true then."""
    kind: Literal["private", "group"]
    trusted: bool = False
    """Telegram confirms that the user is an administrator."""
    thread_id: int = 0
    """The topic in which it happened; 0 means none."""
    language: str = ""
    """Of the person's Telegram, where the bot speaks it; empty where it is not known."""

    @property
    def person(self) -> str:
        """Whose limits apply."""
        return self.user_id or self.chat_id


def origin(event: Message | CallbackQuery) -> Incoming | None:
    """The origin of an event; None where nobody can be replied to."""
    if isinstance(event, CallbackQuery):
        if event.message is None or event.message.chat.type == "channel":
            return None
        chat, thread = event.message.chat, topic_of(event.message)
        kind: Literal["private", "group"] = "group" if chat.type in GROUPS else "private"
        return Incoming(str(chat.id), str(event.from_user.id), kind, thread_id=thread, language=language_of(event.from_user, ""))
    group = event.chat.type in GROUPS
    if not group and event.chat.type != "private":
        return None
    anonymous = event.sender_chat is not None and event.sender_chat.id == event.chat.id
    user = "" if anonymous or event.from_user is None else str(event.from_user.id)
    if not anonymous and not user:
        return None
    language = "" if event.from_user is None else language_of(event.from_user, "")
    return Incoming(str(event.chat.id), user, "group" if group else "private", anonymous, topic_of(event), language)


def language_of(user: User, default: str) -> str:
    """The language of a person's Telegram; English for one that the bot does not speak, ``default`` where Telegram names none."""
    code = (user.language_code or default)[:2]
    return code if not code or code in LANGUAGES else "en"


def topic_of(message: Message | InaccessibleMessage | None) -> int:
    """The topic's ``message_thread_id``; 0 outside of topics and in General.

    ``message_thread_id`` alone does not mean a topic: replies in any group have one, and sending to it fails
    (github.com/tdlib/telegram-bot-api, issues 356, 447 and 798).
    """
    if not isinstance(message, Message) or not message.is_topic_message or message.message_thread_id == GENERAL:
        return 0
    return message.message_thread_id or 0


def must_not_be_lost(update: Update) -> bool:
    """Whether an update says what was paid or given back: it is handled until that is stored."""
    if update.subscription is not None:
        return True
    message = update.message
    return message is not None and (message.successful_payment is not None or message.refunded_payment is not None)
