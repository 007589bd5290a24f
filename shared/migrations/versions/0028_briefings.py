"""Briefings, and which ones a chat chose."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import LONGBLOB, MEDIUMTEXT

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

LONG = sa.Text().with_variant(MEDIUMTEXT(), "mysql", "mariadb")
BLOB = sa.LargeBinary().with_variant(LONGBLOB(), "mysql", "mariadb")
KINDS = (
    "signal, notice, story, or edit of a story's message",
    "signal, notice, story, briefing, or edit of a story's message",
)
CHATS = sa.table("chats", sa.column("briefing", sa.Boolean()), sa.column("briefings", sa.String()))


def upgrade() -> None:
    op.create_table(
        "briefings",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False, comment="daily or weekly"),
        sa.Column("market", sa.String(48), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False, comment="yyyymmdd: the session, or the last one of the week"),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column(
            "audience", sa.String(32), nullable=False, comment="hash of zone, watchlist and industries; empty: for everyone"
        ),
        sa.Column("body", LONG, nullable=False, comment="Briefing as JSON"),
        sa.Column("picture", BLOB, nullable=False, comment="PNG; empty where there is none"),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefings")),
        comment="writer: notifier",
        mysql_charset="utf8mb4",
    )  # fmt: skip
    op.create_index("ix_briefings_audience_day_id", "briefings", ["audience", "day", "id"])
    op.create_index("ix_briefings_created_at", "briefings", ["created_at"])
    with op.batch_alter_table("chats") as batch:
        batch.add_column(
            sa.Column("briefings", sa.String(8), nullable=False, server_default="off", comment="off, daily, weekly or both")
        )
        batch.add_column(
            sa.Column(
                "briefing_markets", sa.String(255), nullable=False, server_default="",
                comment="slugs, separated by commas; empty: those of what it watches",
            )
        )  # fmt: skip
        batch.add_column(
            sa.Column(
                "briefing_thread_id", sa.BigInteger(), nullable=False, server_default="0", comment="topic that gets briefings"
            )
        )
    op.execute(CHATS.update().where(CHATS.c.briefing.is_(sa.true())).values(briefings="daily"))
    with op.batch_alter_table("chats") as batch:
        batch.drop_column("briefing")
    _comment(*reversed(KINDS))


def downgrade() -> None:
    _comment(*KINDS)
    with op.batch_alter_table("chats") as batch:
        batch.add_column(sa.Column("briefing", sa.Boolean(), nullable=False, server_default=sa.false(), comment="wants briefings"))
    op.execute(CHATS.update().where(CHATS.c.briefings.in_(("daily", "both"))).values(briefing=sa.true()))
    with op.batch_alter_table("chats") as batch:
        batch.drop_column("briefing_thread_id")
        batch.drop_column("briefing_markets")
        batch.drop_column("briefings")
    op.drop_table("briefings")


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
