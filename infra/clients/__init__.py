"""Writes the clients' typed parts from docs/openapi.json. No client code that a person wrote belongs here."""
