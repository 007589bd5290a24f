"""Parses conditions in child processes, so that no text can block the event loop."""
