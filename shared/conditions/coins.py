"""Coins, alone and in pairs of other exchanges: here they are in dollars, as ``BTC-USD``."""

from __future__ import annotations

import re
from typing import Final

_ALONE: Final = "btc|eth|sol|xrp|doge|ada|bnb"
"""Coins that are meant where the name stands alone."""
_ALL: Final = f"{_ALONE}|ltc|avax|dot|link|trx|shib|matic|bch|xlm|uni|atom"
_END: Final = r"(?![A-Za-z0-9_/.=-])"
_PAIR: Final = re.compile(rf"(?:({_ALL})[-/]?(?:usdt|usdc|usd|busd)(?:\.p)?|({_ALONE})){_END}", re.IGNORECASE)
_RATIO: Final = re.compile(rf"({_ALL})[/-]?({_ALONE}){_END}", re.IGNORECASE)


def coin_at(text: str, at: int) -> tuple[str, str] | None:
    """What was typed at a position and the symbol that it means, where it is a coin.

    >>> coin_at("BTCUSDT close > 100k", 0)
    ('BTCUSDT', 'BTC-USD')
    """
    found = _PAIR.match(text, at)
    return (found[0], _in_dollars(found[1] or found[2])) if found else None


def ratio_at(text: str, at: int) -> tuple[str, str] | None:
    """What was typed at a position and the ratio that it means, where it is one coin in another.

    >>> ratio_at("ETH/BTC > 0.05", 0)
    ('ETH/BTC', 'close[ETH-USD, 1d] / close[BTC-USD, 1d]')
    """
    found = _RATIO.match(text, at)
    return (found[0], " / ".join(f"close[{_in_dollars(found[i])}, 1d]" for i in (1, 2))) if found else None


def symbol_of(typed: str) -> str:
    """The symbol of a coin or a pair, or what was typed."""
    found = coin_at(typed, 0)
    return found[1] if found and found[0] == typed else typed


def _in_dollars(coin: str) -> str:
    return f"{coin.upper()}-USD"
