"""Chats that watch everything are found by an index; a condition may be for once."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

BEFORE = "once_per_bar_close, or once_per_bar: forming bars too"
AFTER = "once_per_bar_close, once_per_bar (forming bars too), or once"


def upgrade() -> None:
    op.create_index("ix_chats_watch_all", "chats", ["watch_all"])
    _comment(AFTER, BEFORE)


def downgrade() -> None:
    _comment(BEFORE, AFTER)
    op.drop_index("ix_chats_watch_all", "chats")


def _comment(comment: str, before: str) -> None:
    if op.get_bind().dialect.name in {"mysql", "mariadb"}:
        kind = sa.String(24)
        op.alter_column(
            "conditions", "frequency", comment=comment, existing_comment=before, existing_type=kind, existing_nullable=False
        )
