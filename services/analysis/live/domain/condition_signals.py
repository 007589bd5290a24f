"""Evaluates users' conditions on the closed and provisional bars of a partition, and makes the signals that they fire."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from services.analysis.kernels.conditions.programs import judged
from services.analysis.kernels.plan import BAR_FIELDS
from services.analysis.kernels.signatures import SeriesKernels
from services.analysis.live.domain.layout import TIMEFRAMES
from services.analysis.live.domain.signals import known
from services.analysis.live.domain.state import Floats, Int64s, PartitionState, Records
from services.analysis.live.domain.user_conditions import ConditionSet
from shared.conditions import Condition
from shared.events import Signal, signal_id

RULE: Final = "condition"
VERSION: Final = 2
"""Goes up when the same bars make other conditions true."""

Reported = dict[tuple[int, int], set[str]]
"""(row, code of the timeframe) -> the conditions that have fired on the forming bar. Not part of a checkpoint."""


class Judge:
    """Evaluates a set of conditions on rows of indicator values. Remembers only which conditions have fired on forming bars."""

    def __init__(
        self, condition_set: ConditionSet, columns: tuple[str, ...], kernels: SeriesKernels, reported: Reported | None = None
    ) -> None:
        self.condition_set = condition_set
        self.reported: Reported = {} if reported is None else reported
        self._names = (*columns, *BAR_FIELDS)
        self._programs = condition_set.programs(columns)
        self._kernels = kernels
        self._chosen: dict[tuple[int, int, int], Int64s] = {}

    def judge(self, state: PartitionState, closed: Records, values: Floats, before: Floats) -> Iterator[tuple[int, Signal]]:
        """The signals of the bars (dtype CLOSED), each with the index of its bar; ``values``, ``before``: (bars, columns).

        A condition fires on each closed bar on which it is true, and at most once on a forming bar.
        """
        if not self.condition_set.conditions:
            return
        series = zip(*(closed[name].tolist() for name in ("row", "timeframe", "provisional")), strict=True)
        for i, (row, code, provisional) in enumerate(series):
            chosen = self._choose(state.symbols[row], row, code, provisional)
            if len(chosen):
                yield from ((i, signal) for signal in self._bar(state, closed[i], chosen, values[i], before[i]))

    def _choose(self, symbol: str, row: int, code: int, provisional: int) -> Int64s:
        """The numbers of the programs that run for a series."""
        key = (row, code, provisional)
        if key not in self._chosen:
            scopes = self.condition_set.forming if provisional else self.condition_set.closed
            pairs = enumerate(zip(self.condition_set.conditions, scopes, strict=True))
            found = [n for n, (condition, scope) in pairs if condition.timeframe == TIMEFRAMES[code] and symbol in scope]
            self._chosen[key] = np.array(found, np.int64)
        return self._chosen[key]

    def _bar(self, state: PartitionState, x: Any, chosen: Int64s, values: Floats, before: Floats) -> Iterator[Signal]:
        row, code, at = int(x["row"]), int(x["timeframe"]), int(x["at"])
        fields = [float(x[name]) for name in BAR_FIELDS]
        past = [float(getattr(state.windows, name)[row, code, at - 1]) if at else np.nan for name in BAR_FIELDS]
        now, was = np.concatenate([values, fields]), np.concatenate([before, past])
        true = chosen[judged(self._kernels, self._programs, chosen, now, was) == 1.0].tolist()
        if x["provisional"]:
            reported = self.reported.setdefault((row, code), set())
            true = [number for number in true if self.condition_set.conditions[number].id not in reported]
            reported.update(self.condition_set.conditions[number].id for number in true)
        else:
            self.reported.pop((row, code), None)
        facts = dict(zip(self._names, zip(now.tolist(), was.tolist(), strict=True), strict=True)) if true else {}
        for number in true:
            yield _signal(self.condition_set.conditions[number], state, x, facts)


def _signal(condition: Condition, state: PartitionState, x: Any, facts: dict[str, tuple[float, float]]) -> Signal:
    symbol, close_at, provisional = state.symbols[x["row"]], int(x["close_at"]), bool(x["provisional"])
    evidence = {}
    for name in (*condition.columns, *condition.fields):
        evidence[name], evidence[f"{name}.prev"] = (known(value) for value in facts[name])
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
        evidence=evidence,
        condition=condition.text,
        provisional=provisional,
        bar_close=close_at if provisional else None,
        source=state.source_names[x["source"]],
        replayed=bool(x["replayed"]),
    )
