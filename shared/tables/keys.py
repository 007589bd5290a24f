"""Keys of the API and what is done with them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table

from shared.tables.columns import Long, metadata

api_keys: Final = Table(
    "api_keys",
    metadata,
    Column("id", String(16), primary_key=True, comment="second part of the key; the same after a rotation"),
    Column("secret_hash", String(64), nullable=False, comment="SHA-256 of the third part, 256 random bits"),
    Column("previous_hash", String(64), nullable=False, default="", comment="the secret before the last rotation"),
    Column("previous_until", BigInteger, nullable=False, default=0, comment="until when that one is still taken"),
    Column("name", String(64), nullable=False, comment="what it is for"),
    Column("owner", String(64), nullable=False, comment="whose watchlist and alerts it reads and writes while no chat is linked"),
    Column("scopes", String(64), nullable=False, comment="of read, write, research, admin; separated by commas"),
    Column("rate_limit", String(32), nullable=False, default="", comment="as in 100/second; empty: the setting"),
    Column("max_streams", Integer, comment="null: the setting"),
    Column("max_selectors", Integer, comment="null: the setting"),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, comment="null: never"),
    Column("revoked_at", BigInteger, comment="null: valid"),
    comment="writer: gateway",
)

link_codes: Final = Table(
    "link_codes",
    metadata,
    Column("code_hash", String(64), primary_key=True, comment="SHA-256"),
    Column("key_id", String(16), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    comment="writer: gateway",
)

key_chats: Final = Table(
    "key_chats",
    metadata,
    Column("key_id", String(16), primary_key=True),
    Column("channel", String(16), nullable=False),
    Column("chat_id", String(255), nullable=False),
    Column("code_hash", String(64), nullable=False, unique=True, comment="the code that linked it: each works once"),
    Column("created_at", BigInteger, nullable=False),
    comment="writer: notifier. The chat whose watchlist and alerts a key reads and writes",
)

audit_log: Final = Table(
    "audit_log",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("actor", String(64), nullable=False, comment="key id, or command"),
    Column("address", String(64), nullable=False, comment="client address; empty for the command line"),
    Column("action", String(32), nullable=False, comment="as in key.create"),
    Column("target", String(255), nullable=False),
    Column("detail", Long, nullable=False, comment="JSON; no secret"),
    Index("ix_audit_log_at", "at"),
    comment="writer: gateway",
)

idempotency_keys: Final = Table(
    "idempotency_keys",
    metadata,
    Column("key_id", String(16), primary_key=True),
    Column("idempotency_key", String(64), primary_key=True),
    Column("request_hash", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", Long, nullable=False, comment="the answer that was sent, and is sent again"),
    Column("created_at", BigInteger, nullable=False),
    Index("ix_idempotency_keys_created_at", "created_at"),
    comment="writer: gateway",
)
