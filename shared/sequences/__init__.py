"""Sequences of signals: one rule fires, and another one within N bars. Parsing, checks, normal form.

The command that stores sequences checks them, analysis follows them, and the notifier describes them. The reference for users is
``docs/sequences.md``.
"""

from shared.sequences.parser import LONGEST, SequenceError, parse
from shared.sequences.sequence import MOST_BARS, MOST_STEPS, RECORDED, Direction, SignalSequence, Step, identity, rule_of
from shared.sequences.vocabulary import SignalKind, is_event, vocabulary

__all__ = [
    "LONGEST",
    "MOST_BARS",
    "MOST_STEPS",
    "RECORDED",
    "Direction",
    "SequenceError",
    "SignalKind",
    "SignalSequence",
    "Step",
    "identity",
    "is_event",
    "parse",
    "rule_of",
    "vocabulary",
]
