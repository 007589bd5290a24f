"""The kinds of signals that can be a step: every instance of a rule, and every chart pattern, in each of its directions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services.analysis.kernels.patterns.table import PATTERNS
from services.analysis.kernels.plan import RuleInstance
from shared.events import Signal
from shared.sequences import Direction, Step

WAYS: Final[tuple[tuple[int, Direction], ...]] = ((1, "up"), (-1, "down"))
"""A pattern's sign of a direction, and the direction."""
Kinds = tuple[Step, ...]
"""Steps with all their parameters. The index of one is its number in ``RecentSignals``."""


def kinds(rules: Sequence[RuleInstance]) -> Kinds:
    """The kinds of signals that these rules and the chart patterns fire."""
    of_rules = (Step(each.name, way, tuple(sorted(each.params.items()))) for each in rules for way in each.rule.directions)
    of_patterns = (Step(each.name, way) for each in PATTERNS for sign, way in WAYS if each.direction in (0, sign))
    return (*of_rules, *of_patterns)


def kind_of(signal: Signal) -> Step:
    """The kind of a signal."""
    return Step(signal.rule, signal.direction, tuple(sorted(signal.params.items())))


def matching_kinds(step: Step, known: Kinds) -> list[int]:
    """The numbers of the kinds that match a step: those with the parameters that it names."""
    wanted = set(step.params)
    return [
        n
        for n, kind in enumerate(known)
        if (kind.rule, kind.direction) == (step.rule, step.direction) and wanted <= set(kind.params)
    ]
