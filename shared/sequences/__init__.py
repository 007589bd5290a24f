"""Sequences of signals: one rule fires, and within so many bars another. Parsed, checked, in one normal form.

Who keeps sequences checks them with it, analysis follows what it reads, the notifier says it in words. ``docs/sequences.md`` is the
reference for people.
"""

from shared.sequences.parser import LONGEST, SequenceError, parse
from shared.sequences.sequence import MOST_BARS, MOST_STEPS, Direction, SignalSequence, Step, identity
from shared.sequences.vocabulary import SignalKind, vocabulary

__all__ = [
    "LONGEST",
    "MOST_BARS",
    "MOST_STEPS",
    "Direction",
    "SequenceError",
    "SignalKind",
    "SignalSequence",
    "Step",
    "identity",
    "parse",
    "vocabulary",
]
