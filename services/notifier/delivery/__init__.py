"""From a signal to a confirmed delivery: recipients, rows, attempts, outcomes.

These are handlers: they reach the outside through ports only.
"""
