"""The common language of the mesh: events, topics, wire format, settings, Kafka, database, runtime.

Here belongs what at least two services must agree on. What one service alone knows must never be here.
"""
