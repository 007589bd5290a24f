"""The interface of the storage of cursors; the real one is the table ``ingest_cursors``."""

from __future__ import annotations

from typing import Protocol


class CursorStore(Protocol):
    """Stores positions as text by the name of their cursor; raises ``TransientError``."""

    async def load(self, cursor: str) -> str | None:
        """The position of a cursor, or None."""

    async def save(self, cursor: str, position: str, now: int) -> None:
        """Store a position; ``now`` in milliseconds."""
