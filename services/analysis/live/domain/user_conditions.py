"""What users ask at this time: every condition once, for whom it runs, and the indicators that run for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from services.analysis.kernels.conditions.programs import Programs, compiled
from services.analysis.kernels.conditions.required_indicators import required_indicators
from services.analysis.kernels.plan import INDICATORS, IndicatorSpec
from shared.conditions import Condition, parse

MOST_REQUESTED: Final = 64
"""Indicators that run for conditions alone."""
_read = lru_cache(8192)(parse)


@dataclass(frozen=True)
class ConditionRequest:
    """One row of the table of conditions, with its scope looked up."""

    text: str
    forming: bool
    """It is asked about bars that have not closed too."""
    symbols: frozenset[str] | None
    """None: every instrument."""


@dataclass
class ConditionScope:
    """Instruments that a condition runs for."""

    symbols: set[str] = field(default_factory=set)
    everything: bool = False

    def add(self, symbols: Collection[str] | None) -> None:
        """And these; None is every instrument."""
        self.everything |= symbols is None
        self.symbols |= set(symbols or ())

    def __contains__(self, symbol: str) -> bool:
        return self.everything or symbol in self.symbols


@dataclass(frozen=True)
class ConditionSet:
    """Conditions with their scopes, at the bar's close and on forming bars. Make one with ``condition_set``; never changed afterwards."""

    conditions: tuple[Condition, ...] = ()
    closed: tuple[ConditionScope, ...] = ()
    forming: tuple[ConditionScope, ...] = ()
    requested: tuple[IndicatorSpec, ...] = ()
    """Indicators beyond those that run anyway."""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Texts that do not run, and why."""
    _programs: dict[tuple[str, ...], Programs] = field(default_factory=dict, compare=False, repr=False)

    def programs(self, columns: Sequence[str]) -> Programs:
        """The programs of all conditions over rows of these columns; made once, since all partitions have the same."""
        key = tuple(columns)
        if key not in self._programs:
            self._programs[key] = compiled(self.conditions, columns)
        return self._programs[key]


def condition_set(
    requests: Iterable[ConditionRequest], running: Sequence[IndicatorSpec] = INDICATORS, always: Sequence[IndicatorSpec] = ()
) -> ConditionSet:
    """The book of some alerts, the oldest first: where indicators beyond ``running`` get too many, the newest do without.

    ``always`` are indicators that run whether a condition names them or not.
    """
    conditions: dict[str, Condition] = {}
    closed: dict[str, ConditionScope] = {}
    forming: dict[str, ConditionScope] = {}
    requested = {spec: None for spec in always if spec not in running}
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
        conditions[condition.id] = condition
        closed.setdefault(condition.id, ConditionScope()).add(request.symbols)
        forming.setdefault(condition.id, ConditionScope()).add(request.symbols if request.forming else ())
    return ConditionSet(
        tuple(conditions.values()), tuple(closed.values()), tuple(forming.values()), tuple(sorted(requested)), left_out
    )
