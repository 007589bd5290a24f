"""Benchmarks of Finstage and comparable libraries in one run. Compare the ratios: absolute numbers depend on the machine."""
