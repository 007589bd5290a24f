"""ingest: publishes prices and history into the mesh, from a provider or from a tape.

This package knows providers, tapes and the universe of instruments. Indicators, bars and rules must never be here.
"""
