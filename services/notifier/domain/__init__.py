"""What the notifier knows without touching anything: words, recipients, pace, and the states of a delivery.

No I/O, no clock and no logging here: time and randomness are arguments.
"""
