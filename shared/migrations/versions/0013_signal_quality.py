"""Records of what followed past signals."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

LONG = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")
CASED = sa.String(4).with_variant(mysql.VARCHAR(4, charset="utf8mb4", collation="utf8mb4_bin"), "mysql", "mariadb")


def upgrade() -> None:
    op.create_table(
        "signal_quality",
        sa.Column("id", sa.String(32), nullable=False, comment="hash of the columns up to horizon"),
        sa.Column("rule", sa.String(48), nullable=False),
        sa.Column("params", sa.String(255), nullable=False, comment="parameters_text of them"),
        sa.Column("direction", sa.String(4), nullable=False),
        sa.Column("timeframe", CASED, nullable=False),
        sa.Column("level", sa.String(10), nullable=False, comment="instrument, industry or all"),
        sa.Column("group_name", sa.String(64), nullable=False, comment="symbol or industry; * for all"),
        sa.Column("horizon", sa.Integer(), nullable=False, comment="bars"),
        sa.Column("shown", sa.Boolean(), nullable=False, comment="of the horizons of one key and group the one that alerts show"),
        sa.Column("validated", sa.Boolean(), nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=False, comment="close of the newest bar that was read"),
        sa.Column("quality", LONG, nullable=False, comment="SignalQuality as JSON"),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signal_quality")),
        comment="writer: analysis research",
        mysql_charset="utf8mb4",
    )
    for columns in (["rule", "id"], ["shown"], ["updated_at"]):
        op.create_index(f"ix_signal_quality_{'_'.join(columns)}", "signal_quality", columns)
    chats = sa.table("chats", sa.column("channel"), sa.column("unvalidated"))
    op.execute(sa.update(chats).where(chats.c.channel != "webhook").values(unvalidated=False))  # it was the default, no choice
    _comment("wants predictions without a validated record too", "wants signals without an out-of-sample record")


def downgrade() -> None:
    _comment("wants signals without an out-of-sample record", "wants predictions without a validated record too")
    op.drop_table("signal_quality")


def _comment(comment: str, before: str) -> None:
    if op.get_bind().dialect.name in {"mysql", "mariadb"}:
        op.alter_column(
            "chats", "unvalidated", comment=comment, existing_comment=before, existing_type=sa.Boolean(), existing_nullable=False
        )
