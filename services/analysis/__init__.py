"""From ticks to bars, indicators, quotes and signals (role ``live``).

Here belongs what decides on market data. How a process starts and how Kafka is read belongs to ``shared``; how a signal reaches
people belongs to the notifier.
"""
