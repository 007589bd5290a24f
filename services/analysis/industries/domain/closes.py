"""The newest daily closes of each instrument."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

KEPT: Final = 260
"""Closes of an instrument: SMA 200 needs 200; 126 sessions of an exchange are at most about 190 days of one that never closes."""
ENDS_KEPT: Final = 30
"""Newest sessions of an exchange whose ends are returned by ``ends``."""


class Close(NamedTuple):
    """The close of one session, adjusted."""

    session: int
    """yyyymmdd"""
    ts_close: int
    price: float


class Closes:
    """The newest daily closes, at most ``KEPT`` per symbol, and only of the symbols passed to ``keep``."""

    def __init__(self) -> None:
        self._closes: dict[str, list[Close]] = {}
        self._kept: Collection[str] = frozenset()

    def keep(self, symbols: Collection[str]) -> None:
        """Sets the symbols whose closes are kept; drops those of all others."""
        self._kept = symbols
        self._closes = {symbol: closes for symbol, closes in self._closes.items() if symbol in symbols}

    def put(self, symbol: str, close: Close) -> bool:
        """Adds the close of a session. False if it is not the next one: it changes or completes earlier closes."""
        if symbol not in self._kept or not (math.isfinite(close.price) and close.price > 0):
            return True
        known = self._closes.setdefault(symbol, [])
        if not known or close.session > known[-1].session:
            known.append(close)
            del known[:-KEPT]
            return True
        place = bisect_left(known, close.session, key=lambda one: one.session)
        same = known[place].session == close.session
        if same and known[place] == close:
            return True
        known[place : place + same] = [close]
        del known[:-KEPT]
        return False

    def replace(self, symbol: str, closes: Iterable[Close]) -> None:
        """Replaces the closes by those of the database; newer sessions stay."""
        stored = {close.session: close for close in closes if math.isfinite(close.price) and close.price > 0}
        last = max(stored, default=0)
        for close in self._closes.get(symbol, ()):
            if close.session > last:
                stored[close.session] = close
        self._closes[symbol] = [stored[session] for session in sorted(stored)][-KEPT:]

    def of(self, symbol: str) -> Sequence[Close]:
        """The closes of a symbol, oldest first."""
        return self._closes.get(symbol, ())

    def ends(self, exchanges: Mapping[str, str]) -> dict[str, dict[int, int]]:
        """Exchange -> session -> close time, for the newest sessions, from the closes of its symbols."""
        found: dict[str, dict[int, int]] = {}
        for symbol, exchange in exchanges.items():
            ends = found.setdefault(exchange, {})
            for close in self._closes.get(symbol, ())[-ENDS_KEPT:]:
                ends[close.session] = max(ends.get(close.session, 0), close.ts_close)
        return found
