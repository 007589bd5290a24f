"""What ingest does with what its source yields: inspect, publish, report. No provider is known here."""
