"""Documents about the topics, generated from ``shared.topics`` and ``shared.events``: nothing here is written by hand twice."""
