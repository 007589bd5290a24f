"""Links keys of the API to chats: reads ``link_codes``, which the gateway writes, and writes ``key_chats``."""

from __future__ import annotations

import hashlib

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from services.notifier.domain.address import Address
from shared.db import Database
from shared.tables import api_keys, key_chats, link_codes


class KeyLinkTable:
    """``KeyLinks`` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def link(self, code: str, to: Address, now: int) -> str | None:
        digest = hashlib.sha256(code.encode()).hexdigest()
        wanted = (
            select(api_keys.c.id, api_keys.c.name)
            .join(link_codes, link_codes.c.key_id == api_keys.c.id)
            .where(link_codes.c.code_hash == digest, link_codes.c.expires_at > now, api_keys.c.revoked_at.is_(None))
        )
        used = select(key_chats.c.key_id).where(key_chats.c.code_hash == digest)
        try:
            async with self._database.begin() as connection:
                key = (await connection.execute(wanted)).first()
                if key is None or (await connection.execute(used)).first() is not None:
                    return None
                await connection.execute(delete(key_chats).where(key_chats.c.key_id == key.id))
                row = {"key_id": key.id, "channel": to.channel, "chat_id": to.chat_id, "code_hash": digest, "created_at": now}
                await connection.execute(insert(key_chats).values(**row))
        except IntegrityError:  # another message with the same code was faster
            return None
        return str(key.name)

    async def unlink(self, at: Address) -> int:
        chosen = delete(key_chats).where(key_chats.c.channel == at.channel, key_chats.c.chat_id == at.chat_id)
        async with self._database.begin() as connection:
            return (await connection.execute(chosen)).rowcount
