"""One module per outside system that the role live talks to: tables and calendars."""
