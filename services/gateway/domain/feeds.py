"""Health of the news feeds as ingest stored it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Literal

import msgspec

from services.gateway.domain.times import rfc3339

DAY_MS: Final = 86_400_000
OVERDUE_MS: Final = 600_000
"""A feed that has not been read this long after its time belongs to an ingest that does not run."""


class StoredFeed(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the table ``feeds``. Times in milliseconds since the epoch."""

    feed: str
    publisher: str
    url: str
    language: str
    interval_seconds: int
    state: Literal["new", "ok", "failing", "disabled"]
    reason: str
    detail: str
    failures: int
    last_try: int | None
    last_success: int | None
    last_article: int | None
    next_try: int | None
    replayed: bool


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """A news feed, and whether it can be read."""

    feed: str
    """Its name in the file of feeds; ``NAME:SYMBOL`` for a feed about one instrument."""
    publisher: str
    url: str
    language: str
    """``en`` or ``ko``."""
    interval_seconds: int
    """0 for a feed of a tape."""
    state: Literal["new", "ok", "failing", "disabled", "unknown"]
    """``new``: not read yet; ``unknown``: ingest is ten minutes late with it."""
    reason: str
    """Why it fails or is disabled, in one word, as in ``timeout``; empty otherwise."""
    detail: str
    """The error in full."""
    failures: int
    """In a row."""
    articles_day: int
    """Articles that it had first within the last 24 hours."""
    last_try: str | None
    last_success: str | None
    last_article: str | None
    """When it last had a new article."""
    next_try: str | None
    """Null while it is disabled, and for a feed of a tape."""
    replayed: bool
    """A tape plays it: its articles are samples, not news."""


def feeds(rows: Iterable[StoredFeed], counts: Mapping[str, int], now: int) -> list[Feed]:
    """Each row as the API returns it at ``now``; ``counts``: articles of the last day by feed."""
    return [_view(row, counts.get(row.feed, 0), now) for row in rows]


def _view(row: StoredFeed, count: int, now: int) -> Feed:
    late = row.next_try is not None and row.next_try < now - OVERDUE_MS
    return Feed(
        feed=row.feed,
        publisher=row.publisher,
        url=row.url,
        language=row.language,
        interval_seconds=row.interval_seconds,
        state="unknown" if late else row.state,
        reason=row.reason,
        detail=row.detail,
        failures=row.failures,
        articles_day=count,
        last_try=_time(row.last_try),
        last_success=_time(row.last_success),
        last_article=_time(row.last_article),
        next_try=_time(row.next_try),
        replayed=row.replayed,
    )


def _time(ms: int | None) -> str | None:
    return None if ms is None else rfc3339(ms)
