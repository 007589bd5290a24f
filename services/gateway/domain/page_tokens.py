"""Tokens of where a page of results ended."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from services.gateway.domain.problems import RequestError


def page_token(kind: str, *parts: Any) -> str:
    """An opaque token of where a page ended.

    >>> parse_page_token("b", page_token("b", 1700000000000), int)
    [1700000000000]
    """
    return base64.urlsafe_b64encode("|".join([kind, *map(str, parts)]).encode()).decode().rstrip("=")


def parse_page_token(kind: str, token: str, *types: type) -> list[Any]:
    """The parts of a page token.

    Raises:
        RequestError: the token was not issued for such a query.
    """
    found = _parts(token)
    if len(found) == len(types) + 1 and found[0] == kind:
        try:
            values = [make(part) for make, part in zip(types, found[1:], strict=True)]
        except ValueError:
            values = []
        if values and all(not isinstance(value, int) or abs(value) <= 2**53 for value in values):
            return values
    raise RequestError("invalid-parameter", "page_token: this is not a token of this resource", field="page_token", value=token)


def _parts(token: str) -> list[str]:
    try:
        return base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True).decode().split("|")
    except (ValueError, binascii.Error):
        return []
