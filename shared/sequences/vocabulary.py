"""The signals that a sequence may name: rules with their parameters, directions and timeframes, and chart patterns.

``make docs`` generates ``vocabulary.json`` from the rules (``services/analysis/documents/vocabulary.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

import msgspec

from shared.events import Timeframe
from shared.sequences.sequence import Direction


class SignalKind(msgspec.Struct, frozen=True):
    """The possible signals of one rule or chart pattern."""

    rule: str
    directions: tuple[Direction, ...]
    timeframes: tuple[Timeframe, ...]
    instances: tuple[dict[str, float], ...]
    """The parameter sets that the rule runs with; one empty mapping if it has no parameters."""
    events: tuple[dict[str, float], ...] = ()
    """Those of ``instances`` whose signals say what happened; all others are predictions."""
    pattern: bool = False
    """It is a chart pattern, which is a signal when confirmed."""


@cache
def vocabulary() -> Mapping[str, SignalKind]:
    """All rules and chart patterns by name."""
    text = resources.files("shared.sequences").joinpath("vocabulary.json").read_bytes()
    return MappingProxyType({signal.rule: signal for signal in msgspec.json.decode(text, type=tuple[SignalKind, ...])})


def is_event(rule: str, params: Mapping[str, float]) -> bool:
    """Whether a signal of a rule says what happened, and is no prediction. Unknown rules and sequences are predictions.

    >>> is_event("gap", {"move": 0.01}), is_event("sma_breakout_up", {"period": 20.0}), is_event("double_top", {})
    (True, False, False)
    """
    known = vocabulary().get(rule)
    return known is not None and dict(params) in known.events
