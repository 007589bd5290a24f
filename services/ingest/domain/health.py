"""Whether a provider can be read: one record for each way on which its data come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

State = Literal["idle", "ok", "failing"]
MAX_DETAIL: Final = 200


@dataclass(frozen=True)
class Health:
    """How one source stands. Times in milliseconds since the epoch."""

    source: str
    """``yahoo-stream``, ``yahoo-poll`` or ``yahoo-history``."""
    target: str
    """The host that is asked."""
    state: State = "idle"
    """``idle``: it has not been asked yet, or need not be asked now."""
    reason: str = ""
    """Why it fails, in one word; empty unless it does."""
    detail: str = ""
    """The error in full, at most 200 characters."""
    since: int | None = None
    """When it failed first since it last worked."""
    retry_at: int | None = None
    """When it is tried again; None while it is being tried, or where that is not known."""


class HealthRecord:
    """The newest health of each source of a provider."""

    def __init__(self) -> None:
        self._known: dict[str, Health] = {}

    def watch(self, targets: Mapping[str, str]) -> None:
        """Keep the health of these sources; ``targets``: source -> host."""
        self._known |= {source: Health(source, target) for source, target in targets.items()}

    def succeeded(self, source: str) -> None:
        """It gave an answer that can be used, or refused this one question only."""
        known = self._known[source]
        self._known[source] = Health(source, known.target, "ok")

    def rests(self, source: str) -> None:
        """It is not asked now, since nothing is wanted of it."""
        known = self._known[source]
        self._known[source] = Health(source, known.target)

    def failed(self, source: str, reason: str, detail: str, now: int, retry_at: int | None) -> None:
        """It failed as a whole at ``now`` and is tried again at ``retry_at``.

        >>> record = HealthRecord()
        >>> record.watch({"yahoo-poll": "query2.finance.yahoo.com"})
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

    def all(self) -> tuple[Health, ...]:
        """Every source, in the order in which they were named."""
        return tuple(self._known.values())
