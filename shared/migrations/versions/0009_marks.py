"""Instruments whose prices may be 0 or below, and weeks of which a session has no bar."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "instruments",
        sa.Column("negative", sa.Boolean(), nullable=False, server_default=sa.false(), comment="the price may be 0 or below"),
    )
    op.add_column(
        "bars",
        sa.Column(
            "incomplete", sa.Boolean(), nullable=False, server_default=sa.false(), comment="a week of which a session has no bar"
        ),
    )


def downgrade() -> None:
    op.drop_column("bars", "incomplete")
    op.drop_column("instruments", "negative")
