"""The services of the mesh. Each is a process of its own; they share events on Kafka and nothing else."""
