"""Dialogs of the bot that are not finished."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0020"
down_revision = "0018"
branch_labels = None
depends_on = None

LONG = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")
THREAD = "topic of a Telegram forum; 0: the chat itself"


def upgrade() -> None:
    op.create_table(
        "dialogs",
        sa.Column("chat_id", sa.String(64), nullable=False, comment="Telegram chat id"),
        sa.Column("user_id", sa.String(64), nullable=False),
        sa.Column(
            "thread_id",
            sa.BigInteger(),
            nullable=False,
            autoincrement=False,
            comment=THREAD,
        ),
        sa.Column("state", sa.String(64), nullable=False, comment="what the bot expects; empty: nothing"),
        sa.Column("data", LONG, nullable=False, comment="JSON object; empty: none"),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "user_id", "thread_id", name=op.f("pk_dialogs")),
        comment="writer: notifier",
        mysql_charset="utf8mb4",
    )


def downgrade() -> None:
    op.drop_table("dialogs")
