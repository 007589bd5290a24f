"""Runs Apache Kafka without a system package: its jars, its nodes, its topics.

This package starts, stops and configures brokers. The clients that services use are in ``shared.kafka``.
"""
