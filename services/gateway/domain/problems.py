"""What can be wrong with a request, as RFC 9457 problems with types that never change."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final

import msgspec

PREFIX: Final = "urn:finstage:problem:"
NOT_PUBLIC: Final = (
    "reading is not public here, and there are no API keys yet: only the setting PUBLIC_READ=true of the gateway opens it"
)
FEW: Final = 12
"""So many names are listed beside a likely one; more only where none is likely."""


@dataclass(frozen=True)
class Kind:
    """One type of problem."""

    status: int
    title: str


KINDS: Final = MappingProxyType(
    {
        "invalid-parameter": Kind(400, "A parameter has a value that is not allowed"),
        "unknown-parameter": Kind(400, "This resource has no such parameter"),
        "malformed-request": Kind(400, "The request cannot be understood"),
        "unauthorized": Kind(403, "Reading is not public here"),
        "forbidden-origin": Kind(403, "This origin is not on the allow-list"),
        "not-found": Kind(404, "There is no such resource"),
        "unknown-symbol": Kind(404, "There is no such instrument"),
        "unknown-industry": Kind(404, "There is no such industry"),
        "method-not-allowed": Kind(405, "This resource does not take that method"),
        "body-too-large": Kind(413, "The body is too large"),
        "url-too-long": Kind(414, "The URL is too long"),
        "misdirected-host": Kind(421, "This server does not answer to that name"),
        "upgrade-required": Kind(426, "This address speaks WebSocket"),
        "rate-limited": Kind(429, "Too many requests"),
        "internal": Kind(500, "The gateway failed"),
        "unavailable": Kind(503, "A part that this needs does not answer now"),
        "timeout": Kind(504, "The answer took too long"),
    }
)


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The body of every error, as ``application/problem+json`` (RFC 9457)."""

    type: str
    """A stable name: ``urn:finstage:problem:NAME``."""
    title: str
    status: int
    detail: str
    instance: str
    """The path that was asked for."""
    field: str = ""
    """Which parameter is wrong."""
    value: str = ""
    """The value it had, cut to 200 characters."""


class RequestError(Exception):
    """A request that cannot be answered; ``name`` is a key of ``KINDS``."""

    def __init__(self, name: str, detail: str, *, field: str = "", value: str = "", retry_after: int = 0) -> None:
        super().__init__(detail)
        self.name = name
        self.detail = detail
        self.field = field
        self.value = value[:200]
        self.retry_after = retry_after

    def problem(self, instance: str) -> Problem:
        """The body that tells it, for the path ``instance``."""
        kind = KINDS[self.name]
        return Problem(
            type=PREFIX + self.name,
            title=kind.title,
            status=kind.status,
            detail=self.detail,
            instance=instance[:500],
            field=self.field,
            value=self.value,
        )


def not_among(field: str, value: str, known: Collection[str]) -> RequestError:
    """The problem of a value that is none of ``known``: it names those, or the one that was probably meant.

    >>> not_among("timeframe", "1day", ["1Min", "1Day"]).detail
    "timeframe: '1day' is not known; did you mean 1Day? There are: 1Min, 1Day"
    """
    folded = {name.casefold(): name for name in known}
    near = get_close_matches(value[:80].casefold().strip(), folded, n=1)
    told = f"; did you mean {folded[near[0]]}?" if near else "."
    if len(known) <= FEW or not near:
        told += f" There are: {', '.join(known) or 'none'}"
    return RequestError("invalid-parameter", f"{field}: {value!r:.80} is not known{told}", field=field, value=value)
