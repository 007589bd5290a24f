"""Runs of research: their requests, states and results."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

LONG = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")


def upgrade() -> None:
    op.create_table(
        "research_runs",
        sa.Column("id", sa.String(64), nullable=False, comment="chosen by the requester"),
        sa.Column("kind", sa.String(32), nullable=False, comment="backtest, grid, discovery or dataset"),
        sa.Column("request", LONG, nullable=False, comment="JSON: the data and the parameters"),
        sa.Column("state", sa.String(9), nullable=False, comment="queued, running, done, failed, refused or cancelled"),
        sa.Column("done", sa.Double(), nullable=False, comment="of total"),
        sa.Column("total", sa.Double(), nullable=False, comment="0: not known yet"),
        sa.Column("note", sa.String(255), nullable=False, comment="what is being done"),
        sa.Column("requested_by", sa.String(128), nullable=False, comment="API key id, chat or command"),
        sa.Column("tries", sa.Integer(), nullable=False, comment="processes that began it"),
        sa.Column("claim", sa.String(32), nullable=False, comment="of the process that runs it; it alone may finish it"),
        sa.Column("lease_until", sa.BigInteger(), nullable=False, comment="another process may begin it again after this"),
        sa.Column("cancel", sa.Boolean(), nullable=False, comment="it is to stop"),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger()),
        sa.Column("finished_at", sa.BigInteger()),
        sa.Column("result", LONG, nullable=False, comment="RunRecord as JSON; empty until it is done"),
        sa.Column("error_code", sa.String(24), nullable=False, comment="as ResearchError.code"),
        sa.Column("error", sa.Text(), nullable=False, comment="why it failed or was refused"),
        sa.Column("location", sa.Text(), nullable=False, comment="folder or URL of its files"),
        sa.Column("data_hash", sa.String(64), nullable=False),
        sa.Column("parameters_hash", sa.String(64), nullable=False),
        sa.Column("plan_version", sa.String(64), nullable=False),
        sa.Column("code_version", sa.String(64), nullable=False),
        sa.Column("to_report", sa.Boolean(), nullable=False, comment="its outcome is not yet on research.results.v1"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_research_runs")),
        comment="writer: analysis research",
        mysql_charset="utf8mb4",
    )
    for columns in (["state", "created_at"], ["requested_by", "state"], ["to_report"]):
        op.create_index(f"ix_research_runs_{'_'.join(columns)}", "research_runs", columns)


def downgrade() -> None:
    op.drop_table("research_runs")
