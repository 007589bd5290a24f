"""The history of the tables (Alembic). A released migration is never changed; ``shared.tables`` is the schema after all of them."""
