"""Sequences of signals: what fired lately in each series, and which sequences that completes, live and in history.

The language itself, with its checks, is ``shared.sequences``.
"""
