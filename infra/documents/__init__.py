"""Documents about the topics, generated from ``shared.topics`` and ``shared.events``."""
