"""Who gets a signal."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from services.notifier.domain.address import Address
from services.notifier.domain.recipients import Recipient
from shared.events import Signal


class Recipients(Protocol):
    """Finds the recipients of signals. All methods raise TransientError when the database is not available."""

    async def recipients(self, channels: Sequence[str], signals: Sequence[Signal]) -> list[list[Recipient]]:
        """For each signal of a rule, the addresses in active chats that watch its instrument and want it (``Chat.wants``).

        They watch it by name, by an industry or as everything.
        """

    async def watched_at(self, chats: Collection[tuple[str, str]], symbols: Sequence[str]) -> dict[Address, frozenset[str]]:
        """Of some chats, by channel and id: which of the symbols each of their addresses watches, by name or by industry."""
