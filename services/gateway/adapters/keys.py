"""The tables ``api_keys``, ``link_codes`` and ``audit_log``; ``key_chats`` is read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import msgspec
from sqlalchemy import RowMapping, Select, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.domain.audit import AuditEntry, StoredAuditEntry
from services.gateway.domain.keys import ApiKey
from shared.db import Database
from shared.tables import api_keys, audit_log, idempotency_keys, key_chats, link_codes

LOOK_UP_SECONDS: Final = 2.0
"""Limit of the read of a key, which comes before the time limit of a request begins."""
NAMES: Final = tuple(column.name for column in api_keys.columns)


@dataclass(frozen=True)
class KeyTable:
    """``domain.key_store.KeyStore`` on the tables."""

    database: Database

    async def one(self, key_id: str) -> ApiKey | None:
        async with self.database.connect(seconds=LOOK_UP_SECONDS) as connection:
            row = (await connection.execute(_keys().where(api_keys.c.id == key_id))).mappings().first()
        return None if row is None else _key(row)

    async def all(self) -> list[ApiKey]:
        async with self.database.connect() as connection:
            found = await connection.execute(_keys().order_by(api_keys.c.created_at, api_keys.c.id))
            return [_key(row) for row in found.mappings()]

    async def create(self, key: ApiKey, audit: AuditEntry) -> None:
        async with self.database.begin() as connection:
            await connection.execute(insert(api_keys).values(**_row(key)))
            await write_audit(connection, audit)

    async def rotate(self, key_id: str, secret_hash: str, previous_until: int, audit: AuditEntry) -> ApiKey | None:
        async with self.database.begin() as connection:
            chosen = _keys().where(api_keys.c.id == key_id).with_for_update(of=api_keys)
            row = (await connection.execute(chosen)).mappings().first()
            before = None if row is None else _key(row)
            if before is None or not before.is_valid(audit.at):
                return None
            changed = {"secret_hash": secret_hash, "previous_hash": before.secret_hash, "previous_until": previous_until}
            await connection.execute(update(api_keys).where(api_keys.c.id == key_id).values(**changed))
            await write_audit(connection, audit)
        return replace(before, secret_hash=secret_hash, previous_hash=before.secret_hash, previous_until=previous_until)

    async def revoke(self, key_id: str, now: int, audit: AuditEntry) -> bool:
        async with self.database.begin() as connection:
            change = update(api_keys).where(api_keys.c.id == key_id, api_keys.c.revoked_at.is_(None)).values(revoked_at=now)
            if not (await connection.execute(change)).rowcount:
                return (await connection.execute(select(api_keys.c.id).where(api_keys.c.id == key_id))).first() is not None
            await connection.execute(delete(link_codes).where(link_codes.c.key_id == key_id))
            await write_audit(connection, audit)
        return True

    async def add_code(self, key_id: str, code_hash: str, expires_at: int, audit: AuditEntry) -> None:
        async with self.database.begin() as connection:
            await connection.execute(delete(link_codes).where(link_codes.c.key_id == key_id))
            await connection.execute(insert(link_codes).values(code_hash=code_hash, key_id=key_id, expires_at=expires_at))
            await write_audit(connection, audit)

    async def audit(self, limit: int, before: int | None) -> list[StoredAuditEntry]:
        wanted = select(audit_log).order_by(audit_log.c.id.desc()).limit(limit)
        if before is not None:
            wanted = wanted.where(audit_log.c.id < before)
        async with self.database.connect() as connection:
            return [StoredAuditEntry(**row) for row in (await connection.execute(wanted)).mappings()]

    async def prune(self, audit_before: int, idempotency_before: int, now: int) -> None:
        async with self.database.begin() as connection:
            await connection.execute(delete(audit_log).where(audit_log.c.at < audit_before))
            await connection.execute(delete(idempotency_keys).where(idempotency_keys.c.created_at < idempotency_before))
            await connection.execute(delete(link_codes).where(link_codes.c.expires_at < now))


async def write_audit(connection: AsyncConnection, entry: AuditEntry) -> None:
    """Add an entry in a transaction that is open."""
    values = msgspec.structs.asdict(entry) | {"detail": msgspec.json.encode(entry.detail).decode()}
    await connection.execute(insert(audit_log).values(**values))


def _keys() -> Select[Any]:
    chat = (key_chats.c.channel, key_chats.c.chat_id)
    return select(*api_keys.columns, *chat).select_from(api_keys.outerjoin(key_chats, key_chats.c.key_id == api_keys.c.id))


def _key(fields: RowMapping) -> ApiKey:
    known = {name: fields[name] for name in NAMES} | {"scopes": frozenset(filter(None, fields["scopes"].split(",")))}
    return ApiKey(**known, channel=fields["channel"] or "", chat_id=fields["chat_id"] or "")


def _row(key: ApiKey) -> dict[str, Any]:
    return {name: getattr(key, name) for name in NAMES} | {"scopes": ",".join(sorted(key.scopes))}
