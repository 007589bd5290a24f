"""Handlers of the role industries: they apply quotes, bars and signals, and publish the views that have changed."""
