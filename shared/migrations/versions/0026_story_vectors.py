"""Vectors of stories, and which feeds a tape plays."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import LONGBLOB

revision = "0026"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "story_vectors",
        sa.Column("story_id", sa.String(32), nullable=False),
        sa.Column(
            "vector", sa.LargeBinary().with_variant(LONGBLOB(), "mysql", "mariadb"), nullable=False,
            comment="embedding of its first title, 384 float16",
        ),
        sa.PrimaryKeyConstraint("story_id", name=op.f("pk_story_vectors")),
        comment="writer: analysis news. What a story was about when it was first stored",
        mysql_charset="utf8mb4",
    )  # fmt: skip
    with op.batch_alter_table("feeds") as batch:
        batch.add_column(
            sa.Column(
                "replayed", sa.Boolean(), nullable=False, server_default=sa.false(), comment="a tape plays it: samples, not news"
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("feeds") as batch:
        batch.drop_column("replayed")
    op.drop_table("story_vectors")
