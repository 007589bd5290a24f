"""Reads quotes, bars and signals, keeps the newest of each, publishes the views that changed."""
