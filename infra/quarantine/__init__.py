"""Quarantined and repaired values: list and count them. ``python -m infra.quarantine --help``."""
