"""Health of the sources of prices as ingest last reported it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

import msgspec

from services.gateway.domain.times import Time, rfc3339

STALE_MS: Final = 30_000
"""Ingest reports every ten seconds; after this long without a report it is dead or cannot reach the database."""


class StoredSourceHealth(msgspec.Struct, frozen=True, kw_only=True):
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
    """``idle``: not requested now; ``unknown``: ingest has not reported for 30 seconds."""
    target: str
    """The host."""
    reason: str
    """Why it fails, in one word, as in ``unreachable``; empty otherwise."""
    detail: str
    """The error in full."""
    since: Time | None
    """Time of the first failure since it last worked."""
    retry_at: Time | None
    """Time of the next try."""
    reported: Time
    """Time of ingest's last report."""


def health(rows: Iterable[StoredSourceHealth], now: int) -> list[SourceHealth]:
    """Each row as the API returns it at ``now``; a row with an old report is unknown."""
    return [_view(row, known=now - row.updated_at < STALE_MS) for row in rows]


def _view(row: StoredSourceHealth, *, known: bool) -> SourceHealth:
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
