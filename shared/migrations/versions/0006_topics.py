"""An address is a chat and a topic in it: lists, conditions and deliveries have one."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEYS = {
    "watchlists": ("channel", "chat_id", "thread_id", "symbol"),
    "deliveries": ("signal_id", "channel", "chat_id", "thread_id"),
}


def upgrade() -> None:
    for table in ("watchlists", "deliveries", "conditions"):
        with op.batch_alter_table(table) as batch:
            comment = "topic of a Telegram forum; 0: the chat itself"
            batch.add_column(sa.Column("thread_id", sa.BigInteger(), nullable=False, server_default="0", comment=comment))
    with op.batch_alter_table("chats") as batch:
        comment = "topic that gets the signals of all instruments"
        batch.add_column(sa.Column("watch_all_thread_id", sa.BigInteger(), nullable=False, server_default="0", comment=comment))
    for table, key in KEYS.items():
        _set_key(table, key)


def downgrade() -> None:
    """A chat's topics become one: of rows that would be the same, that of the chat itself stays, or of its lowest topic."""
    for table, key in KEYS.items():
        rest = [name for name in key if name != "thread_id"]
        _keep_one(sa.table(table, *map(sa.column, key)), rest)
        _set_key(table, rest)
    for table in ("watchlists", "deliveries", "conditions"):
        with op.batch_alter_table(table) as batch:
            batch.drop_column("thread_id")
    with op.batch_alter_table("chats") as batch:
        batch.drop_column("watch_all_thread_id")


def _set_key(table: str, key: Sequence[str]) -> None:
    if op.get_bind().dialect.name == "mysql":
        op.execute(sa.text(f"ALTER TABLE {table} DROP PRIMARY KEY, ADD PRIMARY KEY ({', '.join(key)})"))  # one copy of the table
        return
    with op.batch_alter_table(table, recreate="always") as batch:
        batch.drop_constraint(f"pk_{table}", type_="primary")
        batch.create_primary_key(f"pk_{table}", list(key))


def _keep_one(table: sa.TableClause, rest: Sequence[str]) -> None:
    column = table.c
    names = [column[name] for name in rest]
    kept = sa.select(*names, sa.func.min(column.thread_id)).group_by(*names).having(sa.func.count() > 1)
    for *key, lowest in op.get_bind().execute(kept).all():
        same = sa.and_(*(name == value for name, value in zip(names, key, strict=True)))
        op.execute(sa.delete(table).where(same, column.thread_id > lowest))
