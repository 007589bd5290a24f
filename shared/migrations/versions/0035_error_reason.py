"""What the error of a run says, for other languages than English."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    comment = "JSON: code, field and values of error, to say it in any language"
    op.add_column("research_runs", sa.Column("error_reason", sa.Text(), nullable=True, comment=comment))


def downgrade() -> None:
    op.drop_column("research_runs", "error_reason")
