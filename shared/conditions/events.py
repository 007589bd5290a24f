"""The rules and chart patterns that a condition may name.

``make docs`` generates ``events.json`` from the rules and patterns (``services/analysis/documents/vocabulary.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

import msgspec

from shared.conditions.errors import ConditionError
from shared.conditions.expression import Fired
from shared.events import Timeframe

STATUSES: Final = ("confirmed", "forming", "failed", "target")
"""What a pattern may reach; ``confirmed`` where none is named."""


class EventKind(msgspec.Struct, frozen=True):
    """A rule or a chart pattern."""

    rule: str
    directions: tuple[str, ...]
    timeframes: tuple[str, ...]
    instances: tuple[dict[str, float], ...]
    """The parameters that the rule runs with; one empty mapping if it has none."""
    pattern: bool = False

    def fired(self, way: str, status: str, given: str, at: int) -> Fired:
        """The node of a spelling. ``given``: what stands in the parentheses. Raises ConditionError without a text."""
        if self.pattern:
            return Fired("pattern", self.rule, status or STATUSES[0], (), at)
        if way and way not in self.directions:
            raise ConditionError("way", "", at, found=self.rule, known=self.directions[0])
        event = way or (self.directions[0] if len(self.directions) == 1 else "any")
        return Fired("rule", self.rule, event, self._parameters(given, at), at)

    def check_timeframe(self, frame: Timeframe, at: int) -> None:
        """Raises ConditionError where it does not fire on the timeframe."""
        if frame not in self.timeframes:
            known = ", ".join(Timeframe(each).word for each in self.timeframes)
            raise ConditionError("fires", "", at, found=self.rule, frame=frame.word, known=known)

    def _parameters(self, given: str, at: int) -> tuple[tuple[str, float], ...]:
        pieces = [piece.strip() for piece in given.split(",") if piece.strip()]
        names = list(self.instances[0])
        varying = [name for name in names if len({each[name] for each in self.instances}) > 1]
        order = varying if len(pieces) == len(varying) else names
        found: dict[str, float] = {}
        for i, piece in enumerate(pieces):
            name, equals, text = (part.strip() for part in piece.rpartition("="))
            value = _number(text)
            if not equals:
                name = order[i] if i < len(order) else ""
                fitting = [each for each in names if any(instance[each] == value for instance in self.instances)]
                name = fitting[0] if name not in fitting and len(fitting) == 1 else name
            if name not in names or name in found or value is None:
                raise self._refused(piece, at)
            found[name] = value
        if found and not any(found.items() <= instance.items() for instance in self.instances):
            raise self._refused(given.strip(), at)
        return tuple(sorted(found.items()))

    def _refused(self, found: str, at: int) -> ConditionError:
        if not self.instances[0]:
            return ConditionError("no_instance", "", at, found=f"{self.rule}({found[:24]})", known=self.rule)
        known = " / ".join(
            f"{self.rule}({', '.join(f'{name}={value:g}' for name, value in each.items())})" for each in self.instances
        )
        return ConditionError("no_instance", "", at, found=f"{self.rule}({found[:24]})", known=known)


@cache
def events() -> Mapping[str, EventKind]:
    """All rules and chart patterns by name."""
    text = resources.files("shared.conditions").joinpath("events.json").read_bytes()
    return MappingProxyType({kind.rule: kind for kind in msgspec.json.decode(text, type=tuple[EventKind, ...])})


def _number(text: str) -> float | None:
    text, percent = (text[:-1], 100.0) if text.endswith("%") else (text, 1.0)
    try:
        return round(float(text) / percent, 9)
    except ValueError:
        return None
