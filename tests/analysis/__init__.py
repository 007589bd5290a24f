"""Analysis: kernels against plain references, state across restarts, the service on real Kafka and databases."""
