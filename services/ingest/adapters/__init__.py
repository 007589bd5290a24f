"""One module per external system: Yahoo, tapes on disk, the database. Decisions must never be here."""
