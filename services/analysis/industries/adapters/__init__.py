"""The tables that the role industries reads."""
