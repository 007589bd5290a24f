"""Dead letters: list, show and replay them. ``python -m infra.dead_letters --help``."""
