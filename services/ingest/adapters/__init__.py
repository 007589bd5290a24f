"""One module per outside thing: Yahoo, tapes on disk, the database. Decisions must never be here."""
