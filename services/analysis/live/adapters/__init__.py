"""One module per external system of the role live: tables and calendars."""
