"""Signal quality: what followed past signals, out of sample, and how likely chance would do as well. Pure functions on arrays."""
