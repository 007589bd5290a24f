"""Stories of news: their rows of deliveries, and the newest ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from services.notifier.domain.delivery import DeliveryRow
from services.notifier.domain.recipients import Chat
from services.notifier.domain.stories import StoryEdit, StoryMessage
from shared.events import Story


class StoryStore(Protocol):
    """The rows of stories of news. All methods raise TransientError when the database is not available."""

    async def readers(self, importance: float, symbols: Sequence[str], industries: Sequence[str]) -> list[Chat]:
        """The addresses in active chats that want stories of this importance, and watch one of the instruments or industries."""

    async def messages(self, story_id: str) -> list[StoryMessage]:
        """The rows of a story."""

    async def edits(self, of: str) -> list[StoryEdit]:
        """The rows that edit the messages of a story, by their id."""

    async def grow(
        self, waiting: Sequence[DeliveryRow], sent: Sequence[tuple[StoryMessage, StoryEdit | None, int]], body: str, now: int
    ) -> None:
        """Replace the body of waiting rows, and have messages edited, each when it is due, in one transaction.

        Raises TransientError also where a waiting row has changed since it was read; nothing is written then.
        """


class NewsStore(Protocol):
    """Stories of news. Raises TransientError when the database is not available."""

    async def newest(self, labels: Sequence[tuple[str, str]], limit: int) -> list[Story]:
        """The stories first seen last that have any of the labels, ``("symbol", ...)`` or ``("industry", ...)``; none: of all."""
