"""The outcomes of a request to a feed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from services.ingest.domain.feeds.entries import NotFeedReason

FetchReason = Literal[
    "unreachable",
    "timeout",
    "cut_off",
    "forbidden_address",
    "bad_redirect",
    "too_many_redirects",
    "too_large",
    "encoding",
    "unauthorized",
    "not_found",
    "gone",
    "rate_limited",
    "unavailable",
    "refused",
    "paused",
]
"""``cut_off``: the body ends early; ``encoding``: a compression that was not asked for; ``unavailable``: 5xx; ``refused``: another
4xx or an unexpected status; ``paused``: no request, because the host has failed too often."""
FailureReason = FetchReason | NotFeedReason | Literal["parse_timeout", "parse_crashed", "no_contact"]

OUTAGES: Final[frozenset[FailureReason]] = frozenset({"unreachable", "timeout", "rate_limited", "unavailable"})
"""Failures of a host as a whole: its other feeds fail too."""
STATUSES: Final[dict[int, FetchReason]] = {
    401: "unauthorized",
    403: "unauthorized",
    404: "not_found",
    410: "gone",
    429: "rate_limited",
}


@dataclass(frozen=True)
class Document:
    """A body, decompressed."""

    body: bytes
    url: str
    """Where it was found, after redirects."""
    content_type: str = ""
    etag: str = ""
    modified: str = ""


@dataclass(frozen=True)
class NotModified:
    """The document is the one that is known."""


@dataclass(frozen=True)
class Failure:
    """There is no document."""

    reason: FailureReason
    detail: str = ""
    retry_after: float | None = None
    """Seconds that the host asks to wait."""


FetchOutcome = Document | NotModified | Failure


def reason_of(status: int) -> FetchReason:
    """The reason of a status other than 200 and 304.

    >>> reason_of(404), reason_of(503), reason_of(418)
    ('not_found', 'unavailable', 'refused')
    """
    return STATUSES.get(status, "unavailable" if status >= 500 else "refused")
