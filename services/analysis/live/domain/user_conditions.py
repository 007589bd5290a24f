"""The users' conditions: each condition once, its instruments, and the indicators that it requests."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from services.analysis.kernels.conditions.derived import SeriesNeeds, needs_of, width_of
from services.analysis.kernels.conditions.programs import Programs, compile_conditions
from services.analysis.kernels.conditions.required_indicators import required_indicators
from services.analysis.kernels.indicators.table import KINDS
from services.analysis.kernels.plan import INDICATORS, IndicatorSpec
from shared.conditions import Condition, Node, parse
from shared.conditions.expression import Elsewhere
from shared.events import Timeframe

MOST_REQUESTED: Final = 64
"""Indicators that run for conditions alone."""
MOST_DERIVED: Final = 256
"""Derived values that all conditions may need together, by timeframe and expression."""
MOST_SLOTS: Final = 8192
"""Floats of state per symbol that they may need together: about the bars of all windows."""
MOST_REFERENCES: Final = 64
"""Expressions over other instruments that all conditions may name together."""
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
    derived: Mapping[tuple[Timeframe, Node], ConditionScope] = field(default_factory=dict)
    """Derived values of a timeframe, inner ones first, and the instruments that need them."""
    exported: Mapping[tuple[Timeframe, Node], ConditionScope] = field(default_factory=dict)
    """Expressions of a timeframe that other timeframes read."""
    references: frozenset[Elsewhere] = frozenset()
    """Expressions over other instruments."""
    uncompiled: tuple[IndicatorSpec, ...] = ()
    """Indicators whose kinds are not compiled yet. Neither they nor the conditions that need them run."""
    _programs: dict[tuple[str, ...], Programs] = field(default_factory=dict, compare=False, repr=False)

    @property
    def forming_timeframes(self) -> frozenset[Timeframe]:
        """The timeframes on whose forming bars a condition is evaluated."""
        pairs = zip(self.conditions, self.forming, strict=True)
        return frozenset(
            each.timeframe for each, scope in pairs if each.timeframe.row.forming and (scope.everything or scope.symbols)
        )

    def programs(self, columns: Sequence[str]) -> Programs:
        """The programs of all conditions over rows of these columns; cached, since all partitions use the same."""
        key = tuple(columns)
        if key not in self._programs:
            self._programs[key] = compile_conditions(self.conditions, columns)
        return self._programs[key]

    def needs(self, timeframe: Timeframe, symbol: str) -> SeriesNeeds:
        """What the series of an instrument must provide."""
        return SeriesNeeds(
            dict.fromkeys(node for (of, node), scope in self.derived.items() if of == timeframe and symbol in scope),
            dict.fromkeys(node for (of, node), scope in self.exported.items() if of == timeframe and symbol in scope),
        )


def condition_set(
    requests: Iterable[ConditionRequest],
    running: Sequence[IndicatorSpec] = INDICATORS,
    always: Sequence[IndicatorSpec] = (),
    compiled: Container[str] = _EVERY_KIND,
    read: Callable[[str], Condition] = _read,
) -> ConditionSet:
    """The set of some requests, the oldest first. Requests that need more than ``MOST_REQUESTED`` indicators are left out.

    ``running``: indicators of the plan. ``always``: indicators that run whether a condition names them or not. ``compiled``: kinds
    of indicators that can run. ``read``: parses a text; raises ValueError.
    """
    conditions: dict[str, Condition] = {}
    closed: dict[str, ConditionScope] = {}
    forming: dict[str, ConditionScope] = {}
    requested = {spec: None for spec in always if spec not in running}
    uncompiled = {spec: None for spec in requested if spec[0] not in compiled}
    left_out: dict[str, str] = {}
    derived: dict[tuple[Timeframe, Node], ConditionScope] = {}
    exported: dict[tuple[Timeframe, Node], ConditionScope] = {}
    for request in requests:
        try:
            condition = read(request.text)
            extra = [spec for spec in required_indicators(condition) if spec not in running]
            needs = needs_of(condition)
        except ValueError as error:
            left_out[request.text] = str(error)
            continue
        if len({*requested, *extra}) > MOST_REQUESTED:
            left_out[request.text] = f"more than {MOST_REQUESTED} indicators run for conditions alone"
            continue
        wanted = {*derived, *((of, node) for of, each in needs.items() for node in each.derived)}
        if len(wanted) > MOST_DERIVED:
            left_out[request.text] = f"conditions need more than {MOST_DERIVED} derived values"
            continue
        if sum(width_of(node) for _, node in wanted) > MOST_SLOTS:
            left_out[request.text] = f"conditions look back more than {MOST_SLOTS} bars in total"
            continue
        references = {node for _, node in wanted if isinstance(node, Elsewhere) and node.instrument}
        if len(references) > MOST_REFERENCES:
            left_out[request.text] = f"conditions name more than {MOST_REFERENCES} values of other instruments"
            continue
        requested |= dict.fromkeys(extra)
        waiting = [spec for spec in extra if spec[0] not in compiled]
        if waiting:
            uncompiled |= dict.fromkeys(waiting)
            continue
        for of, each in needs.items():
            for node in each.derived:
                derived.setdefault((of, node), ConditionScope()).add(request.symbols)
            for node in each.exported:
                exported.setdefault((of, node), ConditionScope()).add(request.symbols)
        conditions[condition.id] = condition
        closed.setdefault(condition.id, ConditionScope()).add(request.symbols)
        forming.setdefault(condition.id, ConditionScope()).add(request.symbols if request.forming else ())
    return ConditionSet(
        tuple(conditions.values()),
        tuple(closed.values()),
        tuple(forming.values()),
        tuple(sorted(requested.keys() - uncompiled.keys())),
        left_out,
        derived,
        exported,
        frozenset(node for _, node in derived if isinstance(node, Elsewhere) and node.instrument),
        tuple(sorted(uncompiled)),
    )
