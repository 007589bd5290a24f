"""Sequences of signals."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

LONG = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")


def upgrade() -> None:
    op.create_table(
        "sequences",
        sa.Column("sequence_id", sa.String(length=32), nullable=False, comment="SignalSequence.id"),
        sa.Column("sequence_text", LONG, nullable=False, comment="SignalSequence.text: the normal form"),
        sa.Column("scope", sa.String(length=8), nullable=False, comment="all, symbols or industry"),
        sa.Column("targets", LONG, nullable=False, comment="JSON array of symbols or industries; empty for all"),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sequence_id", name=op.f("pk_sequences")),
        comment="writer: python -m services.analysis.sequences",
        mysql_charset="utf8mb4",
    )


def downgrade() -> None:
    op.drop_table("sequences")
