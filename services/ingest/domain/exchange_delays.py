"""Delay of Yahoo's prices behind each exchange. A bar is final only once its last trade can have arrived."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

MINUTE: Final = 60_000

DELAY_MS: Final = MappingProxyType({"NYSE": 0, "NASDAQ": 0, "KRX": 20 * MINUTE, "CME": 10 * MINUTE, "FX": 0, "CRYPTO": 0})
"""Exchange -> delay in milliseconds, as Yahoo's list of exchanges states it."""

SETTLE_MS: Final = 2 * MINUTE
"""Time after the delay in which a closed bar may still change, because of late trades and Yahoo's caches."""


def final_until(exchange: str, now: int) -> int:
    """Bars of Yahoo that closed at or before this time are final at ``now``. An unknown exchange counts as the slowest known.

    >>> final_until("NYSE", 600_000), final_until("KRX", 1_320_000)
    (480000, 0)
    """
    return now - DELAY_MS.get(exchange, max(DELAY_MS.values())) - SETTLE_MS
