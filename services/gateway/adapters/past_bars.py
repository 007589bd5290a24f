"""Reads bars as they were known at a moment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from services.gateway.adapters.history import NEWEST_BARS, OLDEST_BARS
from services.gateway.adapters.read_connections import ReadConnections
from services.gateway.domain.bar_windows import BarWindow
from services.gateway.domain.problems import RequestError
from services.gateway.domain.stored_bars import ReplacedBar, StoredBar, bars_then
from shared.events import Timeframe

_REPLACED: Final = (
    "SELECT ts_close, replaced_at, ts_open, session, open, high, low, close, volume, source, replayed, incomplete "
    "FROM bar_revisions WHERE symbol = ? AND timeframe = ? AND ts_close BETWEEN ? AND ? AND replaced_at > ? "
    "ORDER BY ts_close, replaced_at LIMIT ?"
)
MOST_REPLACED: Final = 20_000
"""Versions of bars that are read for one answer."""


@dataclass(frozen=True)
class PastBars:
    """``domain.past_store.PastStore`` on the tables."""

    connections: ReadConnections

    async def kept_since(self) -> int:
        """Bars that were replaced before this moment may be unknown. Raises TransientError."""
        found = await self.connections.fetch("SELECT since FROM kept_since WHERE name = ?", ("bar_revisions",))
        return int(found[0][0]) if found else 0

    async def bars(self, symbol: str, timeframe: Timeframe, window: BarWindow, as_of: int) -> list[StoredBar]:
        """The bars of the window as they were known at ``as_of``, oldest first. Raises TransientError, RequestError."""
        window = replace(window, end=min(window.end, as_of))
        series = symbol, timeframe.value
        statement = NEWEST_BARS if window.newest else OLDEST_BARS
        found = await self.connections.fetch(statement, (*series, window.start, window.end, window.fetch))
        rows = [StoredBar(*row) for row in (found[::-1] if window.newest else found)]
        complete = len(rows) < window.fetch
        first = window.start if complete or not window.newest else rows[0].ts_close
        last = window.end if complete or window.newest else rows[-1].ts_close
        replaced = await self.connections.fetch(_REPLACED, (*series, first, last, as_of, MOST_REPLACED))
        if len(replaced) == MOST_REPLACED:
            about = f"as_of: {symbol} has {MOST_REPLACED} restated bars and more in this window; ask for a shorter one"
            raise RequestError("invalid-parameter", about, field="as_of")
        newest = [StoredBar(*row) for row in await self.connections.fetch(NEWEST_BARS, (*series, 0, as_of, 1))]
        factors = (newest[0].price_factor, newest[0].split_factor) if newest else (1.0, 1.0)
        then = bars_then(rows, [ReplacedBar(*row) for row in replaced], as_of, factors)
        return then[-window.fetch :] if window.newest else then[: window.fetch]
