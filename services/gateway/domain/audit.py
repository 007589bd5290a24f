"""What changed, who did it and from where."""

from __future__ import annotations

from typing import Any

import msgspec

from services.gateway.domain.times import Time, rfc3339


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A change. ``detail`` never has a secret."""

    at: int
    actor: str
    """The id of a key, or ``command``."""
    address: str
    action: str
    """As in ``key.create``."""
    target: str
    detail: dict[str, Any] = {}


class StoredAuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the audit log."""

    id: int
    at: int
    actor: str
    address: str
    action: str
    target: str
    detail: str


class AuditRecord(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the audit log."""

    id: int
    date: Time
    actor: str
    """The id of the key that made the change, or ``command``."""
    address: str
    """The client's address; empty for the command line."""
    action: str
    target: str
    detail: str
    """JSON."""


def record(entry: StoredAuditEntry) -> AuditRecord:
    """The entry as the API has it."""
    fields = msgspec.structs.asdict(entry)
    return AuditRecord(date=rfc3339(fields.pop("at")), **fields)
