"""Chats that watch everything are found by an index."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_chats_watch_all", "chats", ["watch_all"])


def downgrade() -> None:
    op.drop_index("ix_chats_watch_all", "chats")
