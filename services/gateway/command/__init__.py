"""What an operator does beside the service: one file a command."""
