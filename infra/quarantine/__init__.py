"""What was not used as it came: list it and add it up. ``python -m infra.quarantine --help``."""
