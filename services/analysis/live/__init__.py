"""Ticks to bars, indicators, quotes, patterns and signals (role ``live``)."""
