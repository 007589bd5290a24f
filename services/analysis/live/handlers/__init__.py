"""Handlers of the role live: read inputs, call the engine, publish, store. No formula belongs here."""
