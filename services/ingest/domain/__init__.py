"""Decisions of ingest without I/O: the universe, tapes, the inspection of ticks and bars, due heartbeats.

No clock, no network, no logging here: time is an argument.
"""
