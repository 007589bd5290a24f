"""Articles and the stories that they are about."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

LONG = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")
BLOB = sa.LargeBinary().with_variant(mysql.LONGBLOB(), "mysql", "mariadb")


def upgrade() -> None:
    op.create_table(
        "articles",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("story_id", sa.String(32), nullable=False),
        sa.Column("ts_event", sa.BigInteger(), nullable=False),
        sa.Column(
            "ts_init", sa.BigInteger(), nullable=False, comment="when its newest content was received; an older one changes nothing"
        ),
        sa.Column("body", LONG, nullable=False, comment="the Article event as JSON"),
        sa.Column("traits", LONG, nullable=False, comment="JSON: what of the title is compared with other titles"),
        sa.Column("signature", BLOB, nullable=False, comment="MinHash of the title, 32 uint32"),
        sa.Column("vector", BLOB, nullable=False, comment="embedding of the title, 384 float16; empty where there is none"),
        sa.Column(
            "nearest", sa.String(32), nullable=False, comment="the article that brought it into its story; empty for the first"
        ),
        sa.Column("cosine", sa.Double(), comment="of the two titles"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
        comment="writer: analysis news",
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "stories",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("category", sa.String(16), nullable=False),
        sa.Column("importance", sa.Double(), nullable=False),
        sa.Column("search", LONG, nullable=False, comment="titles and summary in lower case, NFKC, both languages"),
        sa.Column("body", LONG, nullable=False, comment="the newest Story event as JSON"),
        sa.Column("pending", sa.Boolean(), nullable=False, comment="this revision is not yet on news.stories.v1"),
        sa.Column("reaction_due", sa.BigInteger(), comment="event time from which a reaction may be known; null: none is awaited"),
        sa.Column("translation_due", sa.BigInteger(), comment="when to translate it next; null: not"),
        sa.Column("translation_tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stories")),
        comment="writer: analysis news",
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "story_labels",
        sa.Column("kind", sa.String(12), nullable=False, comment="symbol, industry or publisher"),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("first_seen", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("story_id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("kind", "name", "first_seen", "story_id", name=op.f("pk_story_labels")),
        comment="writer: analysis news. What a story can be found by",
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "story_splits",
        sa.Column("story_id", sa.String(32), nullable=False),
        sa.Column("article_id", sa.String(32), nullable=False),
        sa.Column("requested_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger()),
        sa.Column("new_story_id", sa.String(32), nullable=False),
        sa.Column("error", sa.String(255), nullable=False),
        sa.PrimaryKeyConstraint("story_id", "article_id", name=op.f("pk_story_splits")),
        comment="writer: analysis news. Articles to take out of a story, by command",
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "news_owner",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False, comment="1"),
        sa.Column("token", sa.String(32), nullable=False, comment="of the process that alone writes stories; empty: none"),
        sa.Column("lease_until", sa.BigInteger(), nullable=False, comment="another process may take over after this"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_news_owner")),
        comment="writer: analysis news",
        mysql_charset="utf8mb4",
    )
    for table, columns in (
        ("articles", ["story_id"]),
        ("articles", ["ts_event"]),
        ("stories", ["pending"]),
        ("stories", ["reaction_due"]),
        ("stories", ["translation_due"]),
        ("stories", ["first_seen", "id"]),
        ("story_labels", ["story_id"]),
    ):
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, columns)


def downgrade() -> None:
    for table in ("news_owner", "story_splits", "story_labels", "stories", "articles"):
        op.drop_table(table)
