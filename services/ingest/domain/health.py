"""Whether a provider can be read: one record for each of its sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

SourceState = Literal["idle", "ok", "failing"]
MAX_DETAIL: Final = 200


@dataclass(frozen=True)
class SourceHealth:
    """The state of one source. Times in milliseconds since the epoch."""

    source: str
    """``yahoo-stream``, ``yahoo-poll`` or ``yahoo-history``."""
    target: str
    """Host that receives the requests."""
    state: SourceState = "idle"
    """``idle``: no request was sent yet, or none is needed now."""
    reason: str = ""
    """Why it fails, in one word; empty unless it fails."""
    detail: str = ""
    """The error message, at most 200 characters."""
    since: int | None = None
    """Time of the first failure after the last success."""
    retry_at: int | None = None
    """Time of the next attempt; None during an attempt, or if unknown."""


class ProviderHealth:
    """The newest health of each source of a provider."""

    def __init__(self) -> None:
        self._known: dict[str, SourceHealth] = {}

    def register(self, targets: Mapping[str, str]) -> None:
        """Keep the health of these sources; ``targets``: source -> host."""
        self._known |= {source: SourceHealth(source, target) for source, target in targets.items()}

    def succeeded(self, source: str) -> None:
        """It gave a usable response, or refused a single request only."""
        known = self._known[source]
        self._known[source] = SourceHealth(source, known.target, "ok")

    def set_idle(self, source: str) -> None:
        """No request is needed now."""
        known = self._known[source]
        self._known[source] = SourceHealth(source, known.target)

    def failed(self, source: str, reason: str, detail: str, now: int, retry_at: int | None) -> None:
        """It failed as a whole at ``now``; the next attempt is at ``retry_at``.

        >>> record = ProviderHealth()
        >>> record.register({"yahoo-poll": "query2.finance.yahoo.com"})
        >>> record.failed("yahoo-poll", "unreachable", "refused", 1000, 2000)
        >>> record.failed("yahoo-poll", "rate_limited", "HTTP 429", 5000, 9000)
        >>> found, = record.all()
        >>> (found.since, found.retry_at, found.reason)
        (1000, 9000, 'rate_limited')
        """
        known = self._known[source]
        since = known.since if known.state == "failing" else now
        detail = detail[:MAX_DETAIL]
        self._known[source] = replace(known, state="failing", reason=reason, detail=detail, since=since, retry_at=retry_at)

    def all(self) -> tuple[SourceHealth, ...]:
        """All sources, in the order of registration."""
        return tuple(self._known.values())
