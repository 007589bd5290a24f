"""The users' conditions: each condition once, its instruments, and the indicators that it requests."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from services.analysis.kernels.conditions.programs import Programs, compiled
from services.analysis.kernels.conditions.required_indicators import required_indicators
from services.analysis.kernels.indicators.table import KINDS
from services.analysis.kernels.plan import INDICATORS, IndicatorSpec
from shared.conditions import Condition, parse

MOST_REQUESTED: Final = 64
"""Indicators that run for conditions alone."""
_EVERY_KIND: Final = frozenset(kind.name for kind in KINDS)
_read = lru_cache(8192)(parse)


@dataclass(frozen=True)
class ConditionRequest:
    """One row of the table of conditions, with its scope looked up."""

    text: str
    forming: bool
    """Whether it is evaluated on forming bars too."""
    symbols: frozenset[str] | None
    """None: every instrument."""


@dataclass
class ConditionScope:
    """The instruments for which a condition runs."""

    symbols: set[str] = field(default_factory=set)
    everything: bool = False

    def add(self, symbols: Collection[str] | None) -> None:
        """Adds instruments; None is every instrument."""
        self.everything |= symbols is None
        self.symbols |= set(symbols or ())

    def __contains__(self, symbol: str) -> bool:
        return self.everything or symbol in self.symbols


@dataclass(frozen=True)
class ConditionSet:
    """Conditions with their scopes, on closed bars and on forming ones. Immutable. Make one with ``condition_set``."""

    conditions: tuple[Condition, ...] = ()
    closed: tuple[ConditionScope, ...] = ()
    forming: tuple[ConditionScope, ...] = ()
    requested: tuple[IndicatorSpec, ...] = ()
    """Indicators that are not part of the plan."""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Texts of conditions that do not run -> the reason."""
    uncompiled: tuple[IndicatorSpec, ...] = ()
    """Indicators whose kinds are not compiled yet. Neither they nor the conditions that need them run."""
    _programs: dict[tuple[str, ...], Programs] = field(default_factory=dict, compare=False, repr=False)

    def programs(self, columns: Sequence[str]) -> Programs:
        """The programs of all conditions over rows of these columns; cached, since all partitions use the same."""
        key = tuple(columns)
        if key not in self._programs:
            self._programs[key] = compiled(self.conditions, columns)
        return self._programs[key]


def condition_set(
    requests: Iterable[ConditionRequest],
    running: Sequence[IndicatorSpec] = INDICATORS,
    always: Sequence[IndicatorSpec] = (),
    compiled: Container[str] = _EVERY_KIND,
) -> ConditionSet:
    """The set of some requests, the oldest first. Requests that need more than ``MOST_REQUESTED`` indicators are left out.

    ``running``: indicators of the plan. ``always``: indicators that run whether a condition names them or not. ``compiled``: kinds
    of indicators that can run.
    """
    conditions: dict[str, Condition] = {}
    closed: dict[str, ConditionScope] = {}
    forming: dict[str, ConditionScope] = {}
    requested = {spec: None for spec in always if spec not in running}
    uncompiled = {spec: None for spec in requested if spec[0] not in compiled}
    left_out: dict[str, str] = {}
    for request in requests:
        try:
            condition = _read(request.text)
            extra = [spec for spec in required_indicators(condition) if spec not in running]
        except ValueError as error:
            left_out[request.text] = str(error)
            continue
        if len({*requested, *extra}) > MOST_REQUESTED:
            left_out[request.text] = f"more than {MOST_REQUESTED} indicators run for conditions alone"
            continue
        requested |= dict.fromkeys(extra)
        waiting = [spec for spec in extra if spec[0] not in compiled]
        if waiting:
            uncompiled |= dict.fromkeys(waiting)
            continue
        conditions[condition.id] = condition
        closed.setdefault(condition.id, ConditionScope()).add(request.symbols)
        forming.setdefault(condition.id, ConditionScope()).add(request.symbols if request.forming else ())
    return ConditionSet(
        tuple(conditions.values()),
        tuple(closed.values()),
        tuple(forming.values()),
        tuple(sorted(requested.keys() - uncompiled.keys())),
        left_out,
        tuple(sorted(uncompiled)),
    )
