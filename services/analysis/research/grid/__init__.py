"""Searches of parameters: what is tried, how it is traded many times at once, what is chosen. Bars and signals come as arrays."""
