"""The records of past signals, as live analysis and the gateway read them."""
