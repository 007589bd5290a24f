"""How the sources of prices stand, as ingest last reported them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

import msgspec

from services.gateway.domain.times import rfc3339

STALE_MS: Final = 30_000
"""Ingest reports every ten seconds; who has not for this long is dead or cannot reach the database."""


class StoredHealth(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the table ``sources``. Times in milliseconds since the epoch."""

    source: str
    target: str
    state: Literal["ok", "idle", "failing"]
    reason: str
    detail: str
    since: int | None
    retry_at: int | None
    updated_at: int


class SourceHealth(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a source of prices can be read."""

    source: str
    """``yahoo-stream``, ``yahoo-poll`` or ``yahoo-history``."""
    state: Literal["ok", "idle", "failing", "unknown"]
    """``idle``: it is not asked now; ``unknown``: ingest has not reported for 30 seconds."""
    target: str
    """The host that is asked."""
    reason: str
    """Why it fails, in one word, as in ``unreachable``; empty unless it does."""
    detail: str
    """The error in full."""
    since: str | None
    """When it failed first since it last worked."""
    retry_at: str | None
    """When it is tried again."""
    reported: str
    """When ingest last reported."""


def health(rows: Iterable[StoredHealth], now: int) -> list[SourceHealth]:
    """The view of each row at ``now``: what has not been reported lately is not known."""
    return [_view(row, known=now - row.updated_at < STALE_MS) for row in rows]


def _view(row: StoredHealth, *, known: bool) -> SourceHealth:
    return SourceHealth(
        source=row.source,
        state=row.state if known else "unknown",
        target=row.target,
        reason=row.reason if known else "",
        detail=row.detail if known else "",
        since=rfc3339(row.since) if known and row.since else None,
        retry_at=rfc3339(row.retry_at) if known and row.retry_at else None,
        reported=rfc3339(row.updated_at),
    )
