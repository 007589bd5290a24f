"""Figures of a backtest: one file each, listed in ``table.py``. What is not defined is None, never 0 or infinite."""
