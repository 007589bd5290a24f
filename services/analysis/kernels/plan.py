"""The plan: the indicators with their parameters, and the rules, as arrays that the loops read. A plan needs no compilation."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, cast

import numpy as np
import numpy.typing as npt

from services.analysis.kernels.indicators.kind import Floats, Int64s, Parameters
from services.analysis.kernels.indicators.table import KINDS
from services.analysis.kernels.rules.rule import Direction, Rule
from services.analysis.kernels.rules.table import RULES
from services.analysis.kernels.signatures import PlanArrays
from shared.events import Timeframe

TIMEFRAME_NAMES: Final = tuple(str(timeframe) for timeframe in Timeframe)
"""The index of a timeframe in this tuple is its code in the kernels."""
INSTRUMENT_KINDS: Final = ("index", "future", "stock", "etf", "fx", "crypto")
"""The index of an instrument's kind in this tuple is its code in the kernels."""

BAR_FIELDS: Final = ("open", "high", "low", "close", "volume")

_CODES: Final = {rule.name: code for code, rule in enumerate(RULES)}

IndicatorSpec = tuple[str, Parameters]
"""An indicator: the name of its kind and its parameters."""

INDICATORS: Final[tuple[IndicatorSpec, ...]] = (
    ("sma", (20,)),
    ("sma", (50,)),
    ("sma", (200,)),
    ("ema", (12,)),
    ("ema", (26,)),
    ("rsi", (14,)),
    ("macd", (12, 26, 9)),
    ("bollinger", (20, 2)),
    ("atr", (14,)),
    ("stochastic", (14, 3, 3)),
    ("obv", ()),
    ("adx", (14,)),
    ("volume_sma", (20,)),
    ("session", ()),
    ("year", ()),
    ("all_time", ()),
    ("candlesticks", ()),
    ("bandwidth_low", (20, 2, 120)),
)
"""The default indicators."""

CORE: Final = tuple(kind.name for kind in KINDS if kind.name in {name for name, _ in INDICATORS})
"""The kinds of the core module: those of the default indicators."""


@dataclass(frozen=True)
class RuleInstance:
    """A rule with its parameters."""

    rule: Rule
    params: Mapping[str, float]
    evidence: tuple[str, ...]
    """Columns and bar fields in a signal's evidence."""

    @property
    def name(self) -> str:
        """The rule's name, as in ``Signal.rule``."""
        return self.rule.name

    @property
    def version(self) -> int:
        """The rule's version."""
        return self.rule.version

    def direction(self, fired: int) -> Direction:
        """What +1 or -1 means."""
        return "up" if fired > 0 else "down"

    def level(self, values: Mapping[str, float], direction: Direction) -> float | None:
        """The price or value that was crossed; ``values`` holds the columns and the bar's fields."""
        return self.rule.level(self.params, values, direction)


@dataclass(frozen=True)
class Plan:
    """Indicators and rules as arrays for the loops. Make one with ``plan()``."""

    columns: tuple[str, ...]
    """Names of the values of a row."""
    rules: tuple[RuleInstance, ...]
    arrays: PlanArrays
    state_width: int
    """Floats of state per symbol and timeframe; the first is the number of bars so far."""
    runs: npt.NDArray[np.uint8]
    """(timeframes, instrument kinds, rules): 1 if a rule instance runs."""
    version: str
    """Changes whenever a state written under one plan must not be read under another."""

    @cached_property
    def by_module(self) -> tuple[PlanArrays, dict[str, PlanArrays]]:
        """The parts that the core module and the modules of other kinds run; their places are those of the whole plan.

        Kept, since working them out takes longer than most columns of a series of ten years.
        """
        names = [KINDS[kind].name for kind in self.arrays.indicators[:, 0].tolist()]
        others = dict.fromkeys(name for name in names if name not in CORE)
        return _part(self.arrays, [name in CORE for name in names]), {
            other: _part(self.arrays, [name == other for name in names]) for other in others
        }


def plan(indicators: Sequence[IndicatorSpec] = INDICATORS, rules: Sequence[Rule] = RULES, *, fingerprint: str = "") -> Plan:
    """Makes a plan. ``fingerprint`` is that of the kernels; the version depends on it.

    Raises:
        ValueError: an unknown kind, invalid parameters, two columns of one name, a rule without its columns.

    >>> plan([("sma", (20,)), ("rsi", (14,))], []).columns
    ('sma_20', 'rsi_14')
    """
    codes = {kind.name: code for code, kind in enumerate(KINDS)}
    table, constants, columns, width = [], [], list[str](), 1
    for name, given in indicators:
        if name not in codes:
            raise ValueError(f"indicator {name!r} is not known; known: {', '.join(codes)}")
        parameters = tuple(float(value) for value in given)
        kind = KINDS[codes[name]]
        if len(parameters) != len(kind.parameters):
            raise ValueError(f"{name} takes ({', '.join(kind.parameters)}), not {given!r}")
        constants.append(kind.prepare(*parameters))
        table.append((codes[name], width, len(columns)))
        width += kind.state
        columns += kind.names(parameters)
    if len(set(columns)) < len(columns):
        raise ValueError(f"two columns have the same name: {', '.join(sorted(columns))}")
    instances = tuple(_instances(rules))
    lookups, limits = _rules(instances, columns)
    arrays = PlanArrays(_ints(table, 3), _floats(constants), lookups, limits)
    runs = np.array(
        [[[_runs(i, frame, kind) for i in instances] for kind in INSTRUMENT_KINDS] for frame in TIMEFRAME_NAMES], np.uint8
    )
    named = [(i.name, i.version) for i in instances]
    shape = repr((columns, width, [array.tolist() for array in arrays], named, runs.tolist(), fingerprint))
    version = hashlib.sha256(shape.encode()).hexdigest()[:16]
    return Plan(tuple(columns), instances, arrays, width, runs.reshape(len(TIMEFRAME_NAMES), len(INSTRUMENT_KINDS), -1), version)


def instrument_code(kind: str) -> int:
    """The code of an instrument's kind in the kernels; one that is not known counts as a stock."""
    return INSTRUMENT_KINDS.index(kind if kind in INSTRUMENT_KINDS else "stock")


def _instances(rules: Sequence[Rule]) -> list[RuleInstance]:
    return [
        RuleInstance(rule, params, tuple(_filled(name, params) for name in rule.evidence))
        for rule in rules
        for params in rule.instances
    ]


def _filled(template: str, params: Mapping[str, float]) -> str:
    return template.format(**{name: f"{value:g}" for name, value in params.items()})


def _rules(instances: Sequence[RuleInstance], columns: Sequence[str]) -> tuple[Int64s, Floats]:
    places = {name: place for place, name in enumerate(columns)}
    table = []
    for instance in instances:
        needed = [_filled(name, instance.params) for name in instance.rule.columns]
        missing = [name for name in (*needed, *instance.evidence) if name not in places and name not in BAR_FIELDS]
        if missing:
            raise ValueError(f"rule {instance.name} needs the columns {', '.join(missing)}, which are not in the plan")
        table.append((_CODES[instance.name], *(places[name] for name in needed)))
    return _ints(table, 1), _floats([tuple(instance.params.values()) for instance in instances])


def _runs(instance: RuleInstance, timeframe: str, kind: str) -> bool:
    kinds = instance.rule.instruments(instance.params)
    return timeframe in instance.rule.timeframes and (kinds is None or kind in kinds)


def _ints(rows: Sequence[Sequence[int]], least: int) -> Int64s:
    found = np.zeros((len(rows), max([least, *map(len, rows)])), np.int64)
    for place, row in enumerate(rows):
        found[place, : len(row)] = row
    return found


def _floats(rows: Sequence[Sequence[float]]) -> Floats:
    found = np.zeros((len(rows), max([1, *map(len, rows)])))
    for place, row in enumerate(rows):
        found[place, : len(row)] = row
    return cast("Floats", found)


def _part(arrays: PlanArrays, chosen: Sequence[bool]) -> PlanArrays:
    rows = np.array(chosen, np.bool_)
    return arrays._replace(indicators=arrays.indicators[rows], constants=arrays.constants[rows])
