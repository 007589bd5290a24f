"""What live, history, backtests and research share: indicators, rules, chart patterns, conditions, sequences.

Pure: a kernel looks back only, reads no clock, no network and no database, and imports ``shared`` alone. ``machine_code`` is the
one module that touches files: it compiles the generated modules and keeps their machine code in a folder.
"""
