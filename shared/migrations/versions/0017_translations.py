"""Translations of sentences of stories, and the characters that were sent to each translator."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "translations",
        sa.Column("id", sa.String(32), nullable=False, comment="hash of both languages and the text"),
        sa.Column("translation", sa.Text(), nullable=False),
        sa.Column("translator", sa.String(24), nullable=False, comment="local, libretranslate, deepl or papago"),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_translations")),
        comment="writer: analysis news. Translated sentences, so that none is paid for twice",
        mysql_charset="utf8mb4",
    )
    op.create_index("ix_translations_created_at", "translations", ["created_at"])
    op.create_table(
        "translation_usage",
        sa.Column("translator", sa.String(24), nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False, comment="yyyymmdd, UTC"),
        sa.Column("characters", sa.BigInteger(), nullable=False, comment="sent to it, or about to be"),
        sa.PrimaryKeyConstraint("translator", "day", name=op.f("pk_translation_usage")),
        comment="writer: analysis news",
        mysql_charset="utf8mb4",
    )


def downgrade() -> None:
    op.drop_table("translation_usage")
    op.drop_table("translations")
