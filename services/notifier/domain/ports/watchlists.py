"""What addresses watch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from services.notifier.domain.address import Address


class Watchlists(Protocol):
    """Instruments and industries that addresses watch. All methods raise TransientError when the database is not available."""

    async def watched(self, address: Address) -> list[str]:
        """The symbols on its watchlist, in alphabetical order."""

    async def watch(self, address: Address, symbols: Sequence[str], now: int) -> None:
        """Add symbols to its watchlist."""

    async def unwatch(self, address: Address, symbols: Sequence[str] | None) -> None:
        """Remove symbols from its watchlist; all of them where None."""

    async def industries(self, address: Address) -> list[str]:
        """The industries that it watches, in alphabetical order."""

    async def watch_industry(self, address: Address, industry: str, now: int) -> None:
        """Watch an industry: all its instruments, also those that join it later."""

    async def unwatch_industry(self, address: Address, industry: str | None) -> None:
        """Stop watching an industry; all of them where None."""

    async def watched_by(self, channel: str, chat_ids: Sequence[str]) -> dict[str, tuple[set[str], set[str]]]:
        """By chat, the symbols and the industries that it watches in any of its topics."""
