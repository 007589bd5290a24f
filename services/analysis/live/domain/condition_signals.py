"""Evaluates users' conditions on the closed and provisional bars of a partition, and makes the signals that they fire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from services.analysis.kernels.conditions.programs import evaluated
from services.analysis.kernels.signatures import SeriesKernels
from services.analysis.live.domain.condition_evidence import ShownValue, evidence, shown_values
from services.analysis.live.domain.derived_runner import DerivedRunner, rows_at
from services.analysis.live.domain.known_values import BarEvents, KnownValues
from services.analysis.live.domain.layout import TIMEFRAMES
from services.analysis.live.domain.state import Floats, Int64s, PartitionState, Records
from services.analysis.live.domain.user_conditions import ConditionSet
from shared.conditions import Condition
from shared.events import Signal, signal_id

RULE: Final = "condition"
VERSION: Final = 2
"""Goes up when the same bars make other conditions true."""

Reported = dict[tuple[int, int], set[str]]
"""(row, code of the timeframe) -> the conditions that have fired on the forming bar. Not part of a checkpoint."""


class ConditionEvaluator:
    """Evaluates a set of conditions on rows of values. Remembers only which conditions have fired on forming bars."""

    def __init__(
        self,
        condition_set: ConditionSet,
        columns: tuple[str, ...],
        kernels: SeriesKernels,
        known_values: KnownValues,
        reported: Reported | None = None,
    ) -> None:
        self.condition_set = condition_set
        self.reported: Reported = {} if reported is None else reported
        self.known_values = known_values
        self._programs = condition_set.programs(columns)
        self._kernels = kernels
        self.derived = DerivedRunner(condition_set, self._programs, kernels, known_values)
        self._chosen: dict[tuple[int, int, int], Int64s] = {}
        self._shown: dict[int, tuple[ShownValue, ...]] = {}

    def evaluate(
        self, state: PartitionState, closed: Records, values: Floats, previous_values: Floats, events: BarEvents
    ) -> list[tuple[int, Signal]]:
        """The signals of the bars (dtype CLOSED), each with the index of its bar; ``values``, ``previous_values``: (bars, columns).

        A condition fires on each closed bar on which it is true, and at most once on a forming bar.
        """
        found = list[tuple[int, Signal]]()
        if not self.condition_set.conditions:
            return found
        wide = self.derived.advance(state, closed, values, previous_values, events)
        series = list(zip(*(closed[name].tolist() for name in ("row", "timeframe", "provisional")), strict=True))
        chosen = {
            i: numbers
            for i, (row, code, provisional) in enumerate(series)
            if len(numbers := self._choose(state.symbols[row], row, code, provisional))
        }
        plain = [i for i in chosen if i not in wide]
        rows = rows_at(state, closed[plain], values[plain], previous_values[plain])
        wide |= dict(zip(plain, zip(*rows, strict=True), strict=True))
        for i, numbers in chosen.items():
            true = numbers[evaluated(self._kernels, self._programs, numbers, *wide[i]) == 1.0].tolist()
            found += ((i, self._signal_of(state, closed[i], number, *wide[i])) for number in self._to_report(true, *series[i]))
        return found

    def _choose(self, symbol: str, row: int, code: int, provisional: int) -> Int64s:
        """The numbers of the programs that run for a series."""
        key = (row, code, provisional)
        if key not in self._chosen:
            scopes = self.condition_set.forming if provisional else self.condition_set.closed
            pairs = enumerate(zip(self.condition_set.conditions, scopes, strict=True))
            found = [n for n, (condition, scope) in pairs if condition.timeframe == TIMEFRAMES[code] and symbol in scope]
            self._chosen[key] = np.array(found, np.int64)
        return self._chosen[key]

    def _to_report(self, true: list[int], row: int, code: int, provisional: int) -> list[int]:
        """Of the numbers of the conditions that are true on a bar, those that have not fired on it before."""
        if not provisional:
            self.reported.pop((row, code), None)
            return true
        reported = self.reported.setdefault((row, code), set())
        true = [number for number in true if self.condition_set.conditions[number].id not in reported]
        reported.update(self.condition_set.conditions[number].id for number in true)
        return true

    def _signal_of(self, state: PartitionState, x: Any, number: int, current: Floats, previous: Floats) -> Signal:
        condition = self.condition_set.conditions[number]
        if number not in self._shown:
            self._shown[number] = shown_values(condition, self._programs.places)
        return _signal(condition, state, x, evidence(self._shown[number], current, previous))


def _signal(condition: Condition, state: PartitionState, x: Any, shown: Mapping[str, float | None]) -> Signal:
    symbol, close_at, provisional = state.symbols[x["row"]], int(x["close_at"]), bool(x["provisional"])
    rule, timeframe = f"{RULE}:{condition.id}", condition.timeframe
    return Signal(
        id=signal_id(rule, VERSION, {}, "up", symbol, str(timeframe), close_at, provisional=provisional),
        rule=RULE,
        rule_version=VERSION,
        params={},
        direction="up",
        symbol=symbol,
        timeframe=timeframe,
        ts_event=int(x["known_at"]),
        ts_init=int(x["ts_init"]),
        price=float(x["close"]),
        evidence=dict(shown),
        condition=condition.text,
        provisional=provisional,
        bar_close=close_at if provisional else None,
        source=state.source_names[x["source"]],
        replayed=bool(x["replayed"]),
    )
