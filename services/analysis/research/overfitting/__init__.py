"""What a choice among many trials is worth: arrays in, figures out. No bars, no signals, no I/O."""
