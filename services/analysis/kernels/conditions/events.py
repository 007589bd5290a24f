"""Events of rules, chart patterns and sequences as conditions read them: 1.0 on the bars on which they fire, else 0.0."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from services.analysis.kernels.indicators.kind import Floats, Int64s
from services.analysis.kernels.patterns.layout import STATUSES, Records
from services.analysis.kernels.patterns.table import PATTERNS
from services.analysis.kernels.plan import RuleInstance
from shared.conditions.expression import Fired


def matching_rules(node: Fired, rules: Sequence[RuleInstance]) -> Int64s:
    """The numbers of the rules that an event names: those with the parameters that it gives."""
    wanted = dict(node.parameters).items()
    return np.array([n for n, one in enumerate(rules) if one.name == node.name and wanted <= one.params.items()], np.int64)


def rule_fired(node: Fired, fired: npt.NDArray[Any]) -> Floats:
    """An event of rules at each bar: (bars,). ``fired``: that of the matching rules alone, (rules, bars), +1 up, -1 down."""
    holds = fired != 0 if node.event == "any" else fired == (1 if node.event == "up" else -1)
    found: Floats = np.any(holds, axis=0).astype(np.float64)
    return found


def pattern_reached(node: Fired, patterns: Records, bars: int) -> Floats:
    """A status of a chart pattern at each bar: (bars,). ``patterns``: the events (dtype PATTERN) of the whole series."""
    found = np.zeros(bars)
    for x in patterns[patterns["status"] == STATUSES.index(node.event)]:
        found[x["at"]] = max(found[x["at"]], PATTERNS[x["kind"]].name == node.name)
    return found
