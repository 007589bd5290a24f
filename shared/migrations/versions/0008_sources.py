"""Health of the sources of prices."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sources",
        sa.Column("source", sa.String(length=24), nullable=False, comment="yahoo-stream, yahoo-poll or yahoo-history"),
        sa.Column("target", sa.String(length=255), nullable=False, comment="the host that is asked"),
        sa.Column("state", sa.String(length=8), nullable=False, comment="idle, ok or failing"),
        sa.Column("reason", sa.String(length=24), nullable=False, comment="why it fails; empty unless it does"),
        sa.Column("detail", sa.String(length=255), nullable=False, comment="the error in full"),
        sa.Column("since", sa.BigInteger(), nullable=True, comment="when it failed first since it last worked"),
        sa.Column("retry_at", sa.BigInteger(), nullable=True, comment="when it is tried again"),
        sa.Column("updated_at", sa.BigInteger(), nullable=False, comment="when ingest last reported"),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_sources")),
        comment="writer: ingest",
        mysql_charset="utf8mb4",
    )


def downgrade() -> None:
    op.drop_table("sources")
