"""What every service leans on: runtime, Kafka, database, wire, migrations."""
