"""Benchmarks: our work and its peers side by side in one run. Ratios hold from machine to machine, absolute numbers do not."""
