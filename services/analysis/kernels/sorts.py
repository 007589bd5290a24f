"""The two sorts of signals: events say what happened; predictions, everything else, suggest what will.

An event is sent to people as it is; a prediction only while its record is validated, or where a chat asks for it. Not part of the
rules' files: what is compiled does not depend on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.analysis.kernels.rules.table import RULES

ALL_INSTANCES: Final[Mapping[str, float]] = MappingProxyType({})

EVENTS: Final[Mapping[str, Mapping[str, float]]] = MappingProxyType(
    {
        "price_move": ALL_INSTANCES,
        "volume_surge": ALL_INSTANCES,
        "new_high": ALL_INSTANCES,
        "new_low": ALL_INSTANCES,
        "all_time_high": ALL_INSTANCES,
        "all_time_low": ALL_INSTANCES,
        "gap": ALL_INSTANCES,
        "prev_high_break": ALL_INSTANCES,
        "prev_low_break": ALL_INSTANCES,
        "sma_breakout_up": MappingProxyType({"period": 200.0}),
        "sma_breakout_down": MappingProxyType({"period": 200.0}),
    }
)
"""Rule -> the parameters of those of its instances that are events."""


def event_instances(rule: str) -> tuple[Mapping[str, float], ...]:
    """The parameter sets with which a rule is an event; none for a prediction."""
    if rule not in EVENTS:
        return ()
    wanted = EVENTS[rule].items()
    instances = next(each.instances for each in RULES if each.name == rule)
    return tuple(each for each in instances if wanted <= each.items())
