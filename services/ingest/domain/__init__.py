"""What ingest decides without doing I/O: the universe, what a tape says, which tick is fit to publish, which heartbeats are due.

No clock, no network, no logging here: time is an argument.
"""
