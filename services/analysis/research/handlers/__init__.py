"""Handlers of the role research: they answer jobs."""
