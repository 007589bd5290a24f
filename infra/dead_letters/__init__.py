"""Dead letters: list them, look into one, put them back. ``python -m infra.dead_letters --help``."""
