"""The kinds of runs, one file each: pure functions of a request and bars. No Kafka, no database, no clock."""
