"""Where keys are kept."""

from __future__ import annotations

from typing import Protocol

from services.gateway.domain.audit import AuditEntry, StoredAuditEntry
from services.gateway.domain.keys import ApiKey


class KeyStore(Protocol):
    """Reads and writes keys; each change is audited in its transaction. All raise TransientError."""

    async def one(self, key_id: str) -> ApiKey | None:
        """A key with the chat that it is linked to, also one that is revoked."""

    async def all(self) -> list[ApiKey]:
        """All keys, the oldest first."""

    async def create(self, key: ApiKey, audit: AuditEntry) -> None:
        """Store a key."""

    async def rotate(self, key_id: str, secret_hash: str, previous_until: int, audit: AuditEntry) -> ApiKey | None:
        """Replace the secret; None: there is no such key, or it is revoked or expired."""

    async def revoke(self, key_id: str, now: int, audit: AuditEntry) -> bool:
        """Make a key invalid for ever; False: there is no such key."""

    async def add_code(self, key_id: str, code_hash: str, expires_at: int, audit: AuditEntry) -> None:
        """Store a code that links a chat, in place of the key's earlier one."""

    async def audit(self, limit: int, before: int | None) -> list[StoredAuditEntry]:
        """The newest entries of the audit log first; ``before``: the id of the last one on the previous page."""

    async def prune(self, audit_before: int, idempotency_before: int, now: int) -> None:
        """Delete entries of the audit log and idempotency keys from before these times, and codes that have expired."""
