"""How far Yahoo's prices are behind the exchange. A bar is over for us only when its last trade can have reached us."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

MINUTE: Final = 60_000

DELAY_MS: Final = MappingProxyType({"NYSE": 0, "NASDAQ": 0, "KRX": 20 * MINUTE, "CME": 10 * MINUTE, "FX": 0, "CRYPTO": 0})
"""Exchange -> delay in milliseconds, as Yahoo's list of exchanges states it."""

SETTLE_MS: Final = 2 * MINUTE
"""What a closed bar may still change after the delay: late prints and Yahoo's own caches."""


def final_until(exchange: str, now: int) -> int:
    """Bars of Yahoo that closed at or before this time are final at ``now``. An unknown exchange counts as the slowest known.

    >>> final_until("NYSE", 600_000), final_until("KRX", 1_320_000)
    (480000, 0)
    """
    return now - DELAY_MS.get(exchange, max(DELAY_MS.values())) - SETTLE_MS
