"""The parts that all services share: runtime, Kafka, database, wire format, migrations."""
