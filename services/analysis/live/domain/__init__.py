"""Pure: bars, indicators, rules. No I/O, no clock, no logging, nothing that awaits."""
