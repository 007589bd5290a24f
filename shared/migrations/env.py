"""Alembic's environment: runs the migrations on the connection that ``shared.migrations.command`` opened and locked."""

from alembic import context

from shared.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    transactional_ddl=connection.dialect.name == "sqlite",  # all or nothing there; MariaDB commits each statement
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
