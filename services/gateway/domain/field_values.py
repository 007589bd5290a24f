"""What a field of a request may hold, for the errors of queries and bodies."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import Any, Final, Literal, get_args, get_origin, get_type_hints

import msgspec

from services.gateway.domain.key_models import NAME_FORM, RATE_LIMIT_FORM

PATTERN: Final = "matching regex"
"""What msgspec writes where a text does not match the pattern of its field."""
COLUMN: Final = "a column, as in rsi_21: 1 to 64 small letters, digits, _ or ."
OF_A_QUERY: Final = MappingProxyType(
    {
        "symbols": "1 to 200 symbols separated by commas",
        "symbol": "a symbol as Yahoo writes it: AAPL, 005930.KS, ^GSPC, BTC-USD",
        "columns": "1 to 32 columns separated by commas, as in rsi_21,sma_100",
        "industry": "an industry of /v1/industries",
        "exchange": "1 to 48 letters, digits, - or _",
        "market": "the id of a market, as in us: 1 to 48 small letters, digits, - or _",
        "last_event_id": "the id of an event: 1 to 16 digits",
        "page_token": "the next_page_token of the page before",
    }
)
"""What a parameter with a pattern must be."""
OF_A_BODY: Final = MappingProxyType(
    {
        "symbols": OF_A_QUERY["symbol"],
        "industry": OF_A_QUERY["industry"],
        "columns": COLUMN,
        "sort": COLUMN,
        "name": NAME_FORM,
        "owner": NAME_FORM,
        "rate_limit": RATE_LIMIT_FORM,
    }
)
"""What a field of a body with a pattern must be, or each element of its list."""


def choices(struct: type[msgspec.Struct], field: str) -> tuple[str, ...]:
    """The values of a field with a ``Literal`` type, or of the elements of its list, in the order of their declaration.

    >>> from services.gateway.domain.key_models import KeyRequest
    >>> choices(KeyRequest, "scopes"), choices(KeyRequest, "name")
    (('read', 'write', 'research', 'admin'), ())
    """
    return tuple(_literals(get_type_hints(struct)[field]))


def _literals(hint: Any) -> Iterator[str]:
    for part in get_args(hint):
        if get_origin(hint) is Literal:
            yield str(part)
        else:
            yield from _literals(part)
