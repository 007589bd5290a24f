"""Markets as a whole, and what their instruments are measured against."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "markets",
        sa.Column("market", sa.String(length=48), nullable=False, comment="slug, as in us; none is an industry too"),
        sa.Column("place", sa.Integer(), nullable=False, comment="the first one that holds an instrument says its benchmarks"),
        sa.Column("name_en", sa.String(length=96), nullable=False),
        sa.Column("name_ko", sa.String(length=96), nullable=False),
        sa.Column("exchanges", sa.String(length=255), nullable=False, comment="JSON array of codes in shared.calendars.CALENDARS"),
        sa.Column("suffix", sa.String(length=16), nullable=False, comment="what the symbols end in; empty: any"),
        sa.Column("benchmarks", sa.String(length=255), nullable=False, comment="JSON array of symbols, the first choice first"),
        sa.PrimaryKeyConstraint("market", name=op.f("pk_markets")),
        comment="writer: ingest",
        mysql_charset="utf8mb4",
    )


def downgrade() -> None:
    op.drop_table("markets")
