"""Keys of the API, the chats that they are linked to, the audit log, idempotency keys."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

LONG = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")


SHARED = ("watchlists", "alert_rules", "conditions")


def upgrade() -> None:
    _comments("writers: notifier, gateway", "writer: notifier")
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(16), nullable=False, comment="second part of the key; the same after a rotation"),
        sa.Column("secret_hash", sa.String(64), nullable=False, comment="SHA-256 of the third part, 256 random bits"),
        sa.Column("previous_hash", sa.String(64), nullable=False, comment="the secret before the last rotation"),
        sa.Column("previous_until", sa.BigInteger(), nullable=False, comment="until when that one is still taken"),
        sa.Column("name", sa.String(64), nullable=False, comment="what it is for"),
        sa.Column(
            "owner",
            sa.String(64),
            nullable=False,
            comment="whose watchlist and alerts it reads and writes while no chat is linked",
        ),
        sa.Column("scopes", sa.String(64), nullable=False, comment="of read, write, research, admin; separated by commas"),
        sa.Column("rate_limit", sa.String(32), nullable=False, comment="as in 100/second; empty: the setting"),
        sa.Column("max_streams", sa.Integer(), comment="null: the setting"),
        sa.Column("max_selectors", sa.Integer(), comment="null: the setting"),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), comment="null: never"),
        sa.Column("revoked_at", sa.BigInteger(), comment="null: valid"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        comment="writer: gateway",
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "link_codes",
        sa.Column("code_hash", sa.String(64), nullable=False, comment="SHA-256"),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_link_codes")),
        comment="writer: gateway",
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "key_chats",
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("chat_id", sa.String(255), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False, comment="the code that linked it: each works once"),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_key_chats")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_key_chats_code_hash")),
        comment="writer: notifier. The chat whose watchlist and alerts a key reads and writes",
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "audit_log",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False, comment="key id, or command"),
        sa.Column("address", sa.String(64), nullable=False, comment="client address; empty for the command line"),
        sa.Column("action", sa.String(32), nullable=False, comment="as in key.create"),
        sa.Column("target", sa.String(255), nullable=False),
        sa.Column("detail", LONG, nullable=False, comment="JSON; no secret"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
        comment="writer: gateway",
        mysql_charset="utf8mb4",
    )
    op.create_index("ix_audit_log_at", "audit_log", ["at"])
    op.create_table(
        "idempotency_keys",
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("idempotency_key", sa.String(64), nullable=False),
        sa.Column("request_hash", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", LONG, nullable=False, comment="the answer that was sent, and is sent again"),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key_id", "idempotency_key", name=op.f("pk_idempotency_keys")),
        comment="writer: gateway",
        mysql_charset="utf8mb4",
    )
    op.create_index("ix_idempotency_keys_created_at", "idempotency_keys", ["created_at"])


def downgrade() -> None:
    _comments("writer: notifier", "writers: notifier, gateway")
    for table in ("idempotency_keys", "audit_log", "key_chats", "link_codes", "api_keys"):
        op.drop_table(table)


def _comments(comment: str, before: str) -> None:
    if op.get_bind().dialect.name in {"mysql", "mariadb"}:
        for table in SHARED:
            op.create_table_comment(table, comment, existing_comment=before)
