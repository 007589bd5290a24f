"""Computes bars, indicators, signals and patterns from prices.

One program with several roles, each its own process and consumer group. ``kernels`` holds the pure computations that every role
shares, ``adapters`` the readers of tables that several need; ``live`` and ``industries`` are roles and never import each other. How
a process starts and how Kafka is read belongs to ``shared``; how a signal reaches people belongs to the notifier.
"""
