"""What all services share: events, topics, wire format, settings, Kafka, database, runtime.

Code belongs here if at least two services must agree on it. Knowledge of a single service never belongs here.
"""
