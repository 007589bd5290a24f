"""A person whom the bot invited to the premium channel."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Member:
    """A row of ``premium_members``."""

    chat_id: str
    """The person's private chat, which has the person's id."""
    place: str
    """The premium channel."""
    invite_link: str
    created_at: int
    joined_at: int = 0
    """When admitted; 0: not yet."""
    next_try_at: int = 0
    """When removing the person is tried next."""
