"""The read of what was known at a moment."""

from __future__ import annotations

from typing import Protocol

from services.gateway.domain.bar_windows import BarWindow
from services.gateway.domain.stored_bars import StoredBar
from shared.events import Timeframe


class PastStore(Protocol):
    """Reads what was known at a moment."""

    async def bars(self, symbol: str, timeframe: Timeframe, window: BarWindow, as_of: int) -> list[StoredBar]:
        """The bars of the window as they were known at ``as_of``, oldest first.

        Raises:
            TransientError: the database does not answer.
            RequestError: too many of them were replaced since.
        """
        ...

    async def kept_since(self) -> int:
        """Bars that were replaced before this moment may be unknown: milliseconds since the epoch. Raises TransientError."""
        ...
