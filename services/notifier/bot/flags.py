"""Features of the bot that an operator can switch off and on while it runs."""

from __future__ import annotations

from typing import Final

from services.notifier.domain.ports.operating import FlagStore

FLAGS: Final = ("analysis", "backtest", "briefings", "conditions", "inline", "news", "premium")
"""All of them; they are on unless an operator switched them off."""
SECONDS: Final = 10.0
"""How long a change of another process takes at most to be seen."""


class LatestFlags:
    """The flags as last read."""

    def __init__(self, store: FlagStore | None = None) -> None:
        """Without a store all are on, and none can be changed."""
        self._store = store
        self._stored: dict[str, bool] = {}

    def is_on(self, name: str) -> bool:
        """Whether a feature is on."""
        return self._stored.get(name, True)

    async def refresh(self) -> None:
        """Read the flags. Raises TransientError."""
        if self._store is not None:
            self._stored = await self._store.all()

    async def switch(self, name: str, now: int, *, on: bool) -> None:
        """Switch a feature on or off; stored. Raises TransientError."""
        if self._store is not None:
            await self._store.save(name, now, enabled=on)
            self._stored = self._stored | {name: on}
