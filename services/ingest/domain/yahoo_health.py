"""Updates the health of a source after a failed request to Yahoo."""

from __future__ import annotations

from services.ingest.domain.health import ProviderHealth
from services.ingest.domain.yahoo_errors import PausedError, YahooError


def record_failure(health: ProviderHealth, source: str, error: YahooError, now: int, retry_at: int | None) -> None:
    """Record a failed request; ``retry_at`` is when the next one is due, milliseconds since the epoch.

    An error of a single symbol shows that Yahoo responds. An open circuit breaker counts as the error that opened it, and the
    next attempt is not before it closes.
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
        health.failed(source, cause.reason, f"{cause.detail}{status}", now, retry_at)
