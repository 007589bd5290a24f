"""Completes sequences over a whole series."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from services.analysis.kernels.patterns.layout import CONFIRMED, Records
from services.analysis.kernels.patterns.table import PATTERNS
from services.analysis.kernels.plan import RuleInstance
from services.analysis.kernels.sequences.kinds import Kinds, matching_kinds
from shared.sequences import SignalSequence

FiredFlags = npt.NDArray[np.bool_]


def fired_of(rules: Sequence[RuleInstance], known: Kinds, fired: npt.NDArray[Any], patterns: Records | None = None) -> FiredFlags:
    """Which of ``kinds(rules)`` fired on each bar: (kinds, bars).

    ``fired`` (rules, bars): +1 up, -1 down, 0 nothing, as in ``SeriesResult``. ``patterns``: their events (dtype PATTERN).
    """
    found = np.zeros((len(known), fired.shape[1]), np.bool_)
    of_rules = [fired[n] == (1 if way == "up" else -1) for n, each in enumerate(rules) for way in each.rule.directions]
    if of_rules:
        found[: len(of_rules)] = of_rules
    if patterns is not None:
        numbers = {(kind.rule, kind.direction): n for n, kind in enumerate(known)}
        for x in patterns[patterns["status"] == CONFIRMED]:
            found[numbers[PATTERNS[x["kind"]].name, "up" if x["direction"] > 0 else "down"], x["at"]] = True
    return found


def completed(sequence: SignalSequence, known: Kinds, fired: FiredFlags) -> FiredFlags:
    """The bars (bars,) on which a sequence is complete; ``fired`` (kinds, bars)."""
    bars = np.arange(fired.shape[1])
    reached, *later = (np.array(fired[matching_kinds(step, known)].any(axis=0)) for step in sequence.steps)
    for step, within in zip(later, sequence.within, strict=True):
        newest = np.concatenate([[-1], np.maximum.accumulate(np.where(reached, bars, -1))[:-1]])
        reached = step & (newest >= 0) & (bars - newest <= within)
    return reached
