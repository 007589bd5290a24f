"""Sequences of signals: the kinds of steps, and sequences over a whole series.

The language itself, with its checks, is in ``shared.sequences``.
"""
