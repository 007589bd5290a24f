"""Evaluates users' conditions: translates them to programs for a small stack machine.

The language itself, with its checks, is in ``shared.conditions``.
"""
