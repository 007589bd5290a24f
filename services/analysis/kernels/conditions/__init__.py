"""Conditions of users, evaluated: programs for a small stack machine, which conditions run where, and the signals that they fire.

The language itself, with its checks, is ``shared.conditions``.
"""
