"""The real Apache Kafka from Python packages alone: its jars, its nodes, its topics.

Here belongs what starts, stops and shapes brokers. What talks to them as part of a service is in ``shared.kafka``.
"""
