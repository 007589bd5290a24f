"""Indicators, rules, chart patterns, conditions and sequences, shared by live, history, backtests and research.

Pure: a kernel looks back only, reads no clock, no network and no database, and imports ``shared`` alone. ``machine_code`` is the
only module that uses files: it compiles the generated modules and keeps their machine code in a folder.
"""
