"""Pure decisions of the notifier: texts, recipients, rate limits, and the states of a delivery.

No I/O, no clock and no logging here: time and randomness are arguments.
"""
