"""What was known of stories and when."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "story_history",
        sa.Column("kind", sa.String(12), nullable=False, comment="symbol or industry"),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column(
            "known_at", sa.BigInteger(), autoincrement=False, nullable=False,
            comment="from then on the story had the link and the importance",
        ),
        sa.Column("story_id", sa.String(32), nullable=False),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("importance", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "name", "known_at", "story_id", name=op.f("pk_story_history")),
        comment="writer: analysis news. What was known of stories, and when",
        mysql_charset="utf8mb4",
    )  # fmt: skip
    op.create_index("ix_story_history_known_at", "story_history", ["known_at"])
    op.create_index(op.f("ix_story_history_story_id"), "story_history", ["story_id"])


def downgrade() -> None:
    op.drop_table("story_history")
