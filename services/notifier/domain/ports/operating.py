"""What the operator works with: texts for many chats, counts, switches."""

from __future__ import annotations

from typing import Protocol

from services.notifier.domain.notices import Notice, State


class NoticeStore(Protocol):
    """Texts for many chats. All methods raise TransientError when the database is not available."""

    async def add(self, notice: Notice, now: int) -> None:
        """Insert it where it does not exist."""

    async def change(self, notice_id: str, before: State, after: State) -> bool:
        """Change its state; False where it is in another one than ``before``."""

    async def cancel(self, notice_id: str, now: int) -> int:
        """Stop it and close its deliveries that are not sent; returns how many."""

    async def counts(self, notice_id: str) -> dict[str, int]:
        """How many of its deliveries there are by status."""

    async def send_page(self, channel: str, now: int) -> int:
        """Insert the next deliveries of the oldest notice that is being sent; returns how many."""


class Statistics(Protocol):
    """Counts for the operator."""

    async def counts(self, since: int) -> dict[str, int]:
        """Chats by kind, alerts, watched symbols, and deliveries since ``since`` by channel and status."""

    async def hourly(self, since: int) -> dict[int, dict[str, int]]:
        """By hour, newest first, how many deliveries changed last in it, by status."""


class FlagStore(Protocol):
    """Features that were switched. All methods raise TransientError when the database is not available."""

    async def all(self) -> dict[str, bool]:
        """By name, whether each is on."""

    async def save(self, name: str, now: int, *, enabled: bool) -> None:
        """Switch one."""
