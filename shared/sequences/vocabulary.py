"""What fires: the rules, with the parameters, directions and timeframes that they fire with, and the chart patterns.

``vocabulary.json`` is made from the rules themselves by ``make docs`` (``services/analysis/documents/vocabulary.py``).
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
    """How a rule or a pattern can fire."""

    rule: str
    directions: tuple[Direction, ...]
    timeframes: tuple[Timeframe, ...]
    instances: tuple[dict[str, float], ...]
    """The parameters it runs with; one empty mapping where it has none."""
    pattern: bool = False
    """It is a chart pattern: a signal when it is confirmed."""


@cache
def vocabulary() -> Mapping[str, SignalKind]:
    """All of them by name."""
    text = resources.files("shared.sequences").joinpath("vocabulary.json").read_bytes()
    return MappingProxyType({fires.rule: fires for fires in msgspec.json.decode(text, type=tuple[SignalKind, ...])})
