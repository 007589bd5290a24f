"""Where the rows of owners are kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from services.gateway.domain.audit import AuditEntry
from services.gateway.domain.owned import Alert, Change, ChosenRule, DeliveryView, Owner, Watched
from shared.conditions import Condition


class Stored(NamedTuple):
    """The outcome of a change that is stored."""

    status: int
    results: Any
    """The results of the answer as JSON values; None where it has none."""
    replayed: bool = False
    """The idempotency key was known: this is the outcome of the first request."""


class OwnedStore(Protocol):
    """Reads and writes the rows of one owner. All raise TransientError; changes raise RequestError, and then nothing is changed."""

    async def watchlist(self, owner: Owner) -> list[Watched]:
        """The watchlist, by symbol."""

    async def put_watchlist(self, owner: Owner, symbols: Sequence[str], now: int, change: Change, audit: AuditEntry) -> Stored:
        """Replace the watchlist, where it is still the one that ``change.if_match`` names."""

    async def watch(self, owner: Owner, symbol: str, most: int, now: int, change: Change, audit: AuditEntry) -> Stored:
        """Add an instrument, where the list has fewer than ``most``."""

    async def unwatch(self, owner: Owner, symbol: str, change: Change, audit: AuditEntry) -> Stored:
        """Remove an instrument."""

    async def alerts(self, owner: Owner) -> list[Alert]:
        """The alerts on conditions, by number."""

    async def add_alert(
        self, owner: Owner, alert: Alert, condition: Condition, now: int, change: Change, audit: AuditEntry
    ) -> Stored:
        """Add an alert; one that is there already stays as it is."""

    async def put_alert(self, owner: Owner, number: int, enabled: bool, now: int, change: Change, audit: AuditEntry) -> Stored:
        """Pause an alert, or resume it; one that was removed last comes back."""

    async def remove_alert(self, owner: Owner, number: int, change: Change, audit: AuditEntry) -> Stored:
        """Remove an alert."""

    async def rules(self, owner: Owner) -> list[ChosenRule]:
        """The choices about rules, by name."""

    async def put_rule(self, owner: Owner, rule: str, wanted: bool, change: Change, audit: AuditEntry) -> Stored:
        """Choose whether signals of a rule are wanted, where the choices are still those that ``change.if_match`` names."""

    async def deliveries(
        self, owner: Owner, status: str | None, limit: int, before: tuple[int, str] | None
    ) -> list[tuple[int, DeliveryView]]:
        """Deliveries with the time of their creation, the newest first; ``before``: (time, signal id) of the last one before."""
