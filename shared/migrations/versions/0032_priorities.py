"""Which deliveries come first where many are due."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("deliveries") as batch:
        batch.add_column(
            sa.Column(
                "priority", sa.Integer(), nullable=False, server_default="2",
                comment="which come first: 0 own conditions, 1 premium chats, 2 others, 3 texts for many",
            )
        )  # fmt: skip


def downgrade() -> None:
    with op.batch_alter_table("deliveries") as batch:
        batch.drop_column("priority")
