"""Converts quotes in pence, cents and agorot to pounds, rand and shekels."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

MINOR_UNITS: Final = MappingProxyType(
    {
        "GBp": ("GBP", 0.01),
        "GBX": ("GBP", 0.01),
        "ZAc": ("ZAR", 0.01),
        "ILA": ("ILS", 0.01),
    }
)
"""Minor unit in which Yahoo quotes -> (currency, value of one unit in it). Case-sensitive: ``GBp`` is not ``GBP``."""

WITH_HUNDREDTHS: Final = frozenset(currency for currency, _ in MINOR_UNITS.values())
"""Currencies in which a price without a unit is ambiguous by a factor of 100."""


class CurrencyError(ValueError):
    """The unit of a price is missing where it matters, or is of another currency than the instrument's."""


def unit_worth(quoted: str | None, currency: str) -> float:
    """Value of one quoted unit in ``currency``.

    Raises:
        CurrencyError: the quote is in another currency, or its unit is missing and could be a hundredth.

    >>> unit_worth("GBp", "GBP"), unit_worth("USD", "USD"), unit_worth(None, "USD")
    (0.01, 1.0, 1.0)
    >>> unit_worth("", "GBP")
    Traceback (most recent call last):
    ...
    services.ingest.domain.currency.CurrencyError: currency '' is ambiguous: the price may be in GBP or in hundredths of it
    """
    if not quoted:
        if currency in WITH_HUNDREDTHS:
            raise CurrencyError(f"currency {quoted!r} is ambiguous: the price may be in {currency} or in hundredths of it")
        return 1.0
    major, worth = MINOR_UNITS.get(quoted, (quoted, 1.0))
    if major != currency:
        raise CurrencyError(f"currency {quoted!r} is not the instrument's {currency!r}")
    return worth
