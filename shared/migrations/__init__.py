"""The history of the tables (Alembic). A released migration is never changed; ``shared.tables`` is what they all add up to."""
