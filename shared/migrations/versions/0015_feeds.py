"""Health of the news feeds, and which of their articles have been published."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feeds",
        sa.Column(
            "feed", sa.String(80), nullable=False, comment="line of the file of feeds, with :SYMBOL for a feed of one instrument"
        ),
        sa.Column("line", sa.String(40), nullable=False),
        sa.Column("publisher", sa.String(64), nullable=False),
        sa.Column("url", sa.String(600), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("interval_seconds", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False, comment="new, ok, failing or disabled"),
        sa.Column("reason", sa.String(24), nullable=False, comment="why it fails or is disabled, in one word"),
        sa.Column("detail", sa.String(255), nullable=False, comment="the error in full"),
        sa.Column("etag", sa.String(255), nullable=False, comment="of the document that was published last"),
        sa.Column("modified", sa.String(255), nullable=False, comment="its Last-Modified"),
        sa.Column("failures", sa.Integer(), nullable=False, comment="in a row"),
        sa.Column("last_try", sa.BigInteger(), nullable=True),
        sa.Column("last_success", sa.BigInteger(), nullable=True),
        sa.Column("last_article", sa.BigInteger(), nullable=True, comment="when it last had a new article"),
        sa.Column("next_try", sa.BigInteger(), nullable=True, comment="none while it is disabled"),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("feed", name=op.f("pk_feeds")),
        comment="writer: ingest",
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "feed_articles",
        sa.Column("article", sa.String(32), nullable=False, comment="id of the article"),
        sa.Column("content", sa.String(32), nullable=False, comment="its content, as published"),
        sa.Column("feed", sa.String(80), nullable=False, comment="the feed that had it first"),
        sa.Column("first_at", sa.BigInteger(), nullable=False, comment="when it was received"),
        sa.Column(
            "seen_at", sa.BigInteger(), nullable=False, comment="when a feed last had it, to a day; 30 days later the row goes"
        ),
        sa.PrimaryKeyConstraint("article", "content", name=op.f("pk_feed_articles")),
        comment="writer: ingest. What has been published, so that it is not published again.",
        mysql_charset="utf8mb4",
    )
    for column in ("first_at", "seen_at"):
        op.create_index(op.f(f"ix_feed_articles_{column}"), "feed_articles", [column])


def downgrade() -> None:
    op.drop_table("feed_articles")
    op.drop_table("feeds")
