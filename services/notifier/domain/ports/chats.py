"""Chats, what is stored about them, and who administers them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from services.notifier.domain.address import Address
from services.notifier.domain.recipients import Chat


class ChatStore(Protocol):
    """Chats with their settings and rule types. All methods raise TransientError when the database is not available."""

    async def get(self, channel: str, chat_id: str) -> Chat | None:
        """The chat with its rule types, or None."""

    async def save(self, chat: Chat, now: int) -> None:
        """Insert the chat or update all its settings, including rule types."""

    async def ensure(self, chat: Chat, now: int) -> None:
        """Insert the chat where it does not exist; of an existing one only the language is updated."""

    async def deactivate(self, channel: str, chat_id: str, now: int) -> None:
        """Mark it inactive: nothing more is sent to it."""

    async def blocked(self, channel: str, before: int, now: int, limit: int) -> list[str]:
        """Ids of inactive chats that could not be reached since ``before`` or longer, without those that have premium now."""

    async def keep_channels(self, channel: str, chat_ids: Sequence[str], now: int) -> None:
        """Mark the channels that signals are posted to inactive, except these."""

    async def migrate(self, channel: str, old: str, new: str, now: int) -> None:
        """Move settings, watchlists, conditions and open deliveries to the new id and deactivate the old one."""


class PersonalData(Protocol):
    """All rows about one chat. All methods raise TransientError when the database is not available."""

    async def export(self, channel: str, chat_id: str) -> dict[str, Any]:
        """By table, the rows about a chat."""

    async def forget(self, channel: str, chat_id: str) -> None:
        """Delete all rows about a chat, in one transaction."""


class Admins(Protocol):
    """Knows the administrators of groups."""

    async def is_admin(self, chat_id: str, user_id: str) -> bool:
        """Whether the user administers the group; False when that is unknown."""

    async def admins(self, chat_id: str) -> list[str]:
        """User ids of the group's administrators who are people, its owner first; empty when they are unknown."""


class KeyLinks(Protocol):
    """Links keys of the API to chats. All raise TransientError."""

    async def link(self, code: str, to: Address, now: int) -> str | None:
        """Link the key that issued the code, in place of its earlier chat; returns its name. None: the code is not valid."""

    async def unlink(self, at: Address) -> int:
        """End the links of a chat; returns how many there were."""
