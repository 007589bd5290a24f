"""Importance of the news that a chat is alerted to."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

KINDS = ("signal or notice", "signal, notice, story, or edit of a story's message")


def upgrade() -> None:
    with op.batch_alter_table("chats") as batch:
        batch.add_column(
            sa.Column("news_from", sa.Double(), nullable=False, server_default="0", comment="importance of news alerts; 0: none")
        )
    _comment(*reversed(KINDS))


def downgrade() -> None:
    _comment(*KINDS)
    with op.batch_alter_table("chats") as batch:
        batch.drop_column("news_from")


def _comment(comment: str, before: str) -> None:
    if op.get_bind().dialect.name in {"mysql", "mariadb"}:
        op.alter_column(
            "deliveries",
            "kind",
            comment=comment,
            existing_comment=before,
            existing_type=sa.String(8),
            existing_nullable=False,
            existing_server_default="signal",
        )
