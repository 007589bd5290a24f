"""What a failed question to Yahoo says of the health of its source."""

from __future__ import annotations

from services.ingest.domain.health import HealthRecord
from services.ingest.domain.yahoo_errors import PausedError, YahooError


def record_failure(health: HealthRecord, source: str, error: YahooError, now: int, retry_at: int | None) -> None:
    """Record what a failed question says of its source; ``retry_at`` is when the next one is due, milliseconds since the epoch.

    A fault of one symbol shows that Yahoo answers. An open breaker fails for the reason that opened it, and no question is put
    before it closes.
    """
    if not error.outage:
        health.succeeded(source)
        return
    cause: YahooError | None = error
    if isinstance(error, PausedError):
        cause = error.cause
        retry_at = max((each for each in (error.until, retry_at) if each is not None), default=None)
    if cause is not None:
        status = f" (HTTP {cause.status})" if cause.status is not None else ""
        health.failed(source, cause.reason, f"{cause.what}{status}", now, retry_at)
