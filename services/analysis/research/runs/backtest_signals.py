"""What the firings of a signal mean for positions.

A signal that fires both ways, such as ``ema_cross``, opens a long position when it fires up and a short one when it fires down, and
closes the opposite ones. One that fires one way alone, such as ``golden_cross``, ``dead_cross`` or any condition, only says when:
an entry opens what ``direction`` says (with ``both`` its own way), an exit closes whatever is open.
"""

from __future__ import annotations

import numpy as np

from services.analysis.kernels.patterns.table import PATTERNS
from services.analysis.kernels.rules.table import RULES
from services.analysis.research.backtest.layout import EITHER, Int8s
from services.analysis.research.domain.signal_names import PatternSignal, RuleSignal, SignalSpec
from shared.run_options.backtest import Side


def fires_both_ways(signal: SignalSpec) -> bool:
    """Whether a signal can fire up and down."""
    match signal:
        case RuleSignal():
            ways = next(rule.directions for rule in RULES if rule.name == signal.name)
            return signal.direction is None and len(ways) > 1
        case PatternSignal():
            return signal.direction is None and any(each.name == signal.name and each.direction == 0 for each in PATTERNS)
    return False


def entries(fired: Int8s, signal: SignalSpec, direction: Side) -> Int8s:
    """+1 opens a long, -1 a short position; ``fired`` (bars,): +1 up, -1 down."""
    if fires_both_ways(signal) or direction == "both":
        return fired
    return (np.abs(fired) * (1 if direction == "long" else -1)).astype(np.int8)


def exits(fired: Int8s, signal: SignalSpec) -> Int8s:
    """-1 closes a long, +1 a short position, ``EITHER`` both."""
    return fired if fires_both_ways(signal) else (np.abs(fired) * EITHER).astype(np.int8)
