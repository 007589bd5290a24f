"""Discovery: sequences and combinations of signals, found in the first part of the past and judged on the rest. Pure functions."""
