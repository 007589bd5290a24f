"""ingest: brings prices and history into the mesh, from a provider or from a tape.

Here belongs what knows a provider, a tape or the universe of instruments. Indicators, bars and rules must never be here.
"""
