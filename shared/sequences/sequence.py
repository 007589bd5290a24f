"""The structure of a sequence."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final, Literal

from shared.events import Timeframe

Direction = Literal["up", "down"]

MOST_STEPS: Final = 4
MOST_BARS: Final = 63
"""Bars from the first step to the last; analysis keeps recent signals for this many bars."""

RECORDED: Final = "sequence:"
"""What the rules of records of sequences begin with."""


@dataclass(frozen=True)
class Step:
    """A signal that must fire."""

    rule: str
    """A rule, or a confirmed chart pattern."""
    direction: Direction
    params: tuple[tuple[str, float], ...] = ()
    """Parameters that the signal must have, by name; other parameters may have any value."""

    @property
    def text(self) -> str:
        """The normal form: ``golden_cross(fast=50) up``."""
        wanted = ", ".join(f"{name}={value:g}" for name, value in self.params)
        return f"{self.rule}{f'({wanted})' if wanted else ''} {self.direction}"


@dataclass(frozen=True)
class SignalSequence:
    """Signals of one instrument and timeframe that follow each other. Create it with ``parse``."""

    steps: tuple[Step, ...]
    within: tuple[int, ...]
    """For each step but the first: the most bars after the previous step at which it may fire; at least one."""
    timeframe: Timeframe

    @property
    def text(self) -> str:
        """The normal form, the same for all spellings of a sequence."""
        first, *later = self.steps
        links = (
            f" then {step.text} within {bars} bar{'s' if bars > 1 else ''}" for step, bars in zip(later, self.within, strict=True)
        )
        return f"{first.text}{''.join(links)} on {self.timeframe.word}"

    @property
    def id(self) -> str:
        """The permanent id: a hash of the normal form."""
        return identity(self.text)

    @property
    def rule(self) -> str:
        """What its record is kept under: the sequences of the rule ``sequence`` have one each."""
        return rule_of(self.text)


def rule_of(text: str) -> str:
    """``SignalSequence.rule`` of the sequence with this normal form."""
    return f"{RECORDED}{identity(text)}"


def identity(text: str) -> str:
    """The id of the sequence with this normal form."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]
