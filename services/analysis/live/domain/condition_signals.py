"""Conditions on the closed bars and glimpses of a partition, and the signals that they fire."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from services.analysis.kernels.conditions.programs import judged
from services.analysis.kernels.plan import BAR_FIELDS
from services.analysis.kernels.signatures import SeriesKernels
from services.analysis.live.domain.layout import TIMEFRAMES
from services.analysis.live.domain.signals import known
from services.analysis.live.domain.state import Floats, Int64s, Records, State
from services.analysis.live.domain.user_conditions import Book
from shared.conditions import Condition
from shared.events import Signal, signal_id

RULE: Final = "condition"
VERSION: Final = 2
"""Goes up when the same bars make another condition true."""

Said = dict[tuple[int, int], set[str]]
"""(row, code of the timeframe) -> the conditions that have fired on the bar that is forming. No part of a checkpoint."""


class Judge:
    """Runs the conditions of a book over rows of some columns. Remembers nothing but what it has said of forming bars."""

    def __init__(self, asked: Book, columns: tuple[str, ...], kernels: SeriesKernels, said: Said | None = None) -> None:
        self.asked = asked
        self.said: Said = {} if said is None else said
        self._names = (*columns, *BAR_FIELDS)
        self._programs = asked.programs(columns)
        self._kernels = kernels
        self._chosen: dict[tuple[int, int, int], Int64s] = {}

    def judge(self, state: State, closed: Records, values: Floats, before: Floats) -> Iterator[tuple[int, Signal]]:
        """The signals of the bars (dtype CLOSED), each with the number of its bar; ``values``, ``before``: (bars, columns).

        A condition fires on each closed bar on which it is true, and once on a forming one.
        """
        if not self.asked.conditions:
            return
        series = zip(*(closed[name].tolist() for name in ("row", "timeframe", "glimpse")), strict=True)
        for i, (row, code, glimpse) in enumerate(series):
            chosen = self._choose(state.symbols[row], row, code, glimpse)
            if len(chosen):
                yield from ((i, signal) for signal in self._bar(state, closed[i], chosen, values[i], before[i]))

    def _choose(self, symbol: str, row: int, code: int, glimpse: int) -> Int64s:
        """The numbers of the programs that run for a series."""
        key = (row, code, glimpse)
        if key not in self._chosen:
            scopes = self.asked.forming if glimpse else self.asked.closed
            pairs = enumerate(zip(self.asked.conditions, scopes, strict=True))
            found = [n for n, (condition, scope) in pairs if condition.timeframe == TIMEFRAMES[code] and symbol in scope]
            self._chosen[key] = np.array(found, np.int64)
        return self._chosen[key]

    def _bar(self, state: State, x: Any, chosen: Int64s, values: Floats, before: Floats) -> Iterator[Signal]:
        row, code, at = int(x["row"]), int(x["timeframe"]), int(x["at"])
        fields = [float(x[name]) for name in BAR_FIELDS]
        past = [float(getattr(state.windows, name)[row, code, at - 1]) if at else np.nan for name in BAR_FIELDS]
        now, was = np.concatenate([values, fields]), np.concatenate([before, past])
        true = chosen[judged(self._kernels, self._programs, chosen, now, was) == 1.0].tolist()
        if x["glimpse"]:
            said = self.said.setdefault((row, code), set())
            true = [number for number in true if self.asked.conditions[number].id not in said]
            said.update(self.asked.conditions[number].id for number in true)
        else:
            self.said.pop((row, code), None)
        facts = dict(zip(self._names, zip(now.tolist(), was.tolist(), strict=True), strict=True)) if true else {}
        for number in true:
            yield _signal(self.asked.conditions[number], state, x, facts)


def _signal(condition: Condition, state: State, x: Any, facts: dict[str, tuple[float, float]]) -> Signal:
    symbol, close_at, glimpse = state.symbols[x["row"]], int(x["close_at"]), bool(x["glimpse"])
    evidence = {}
    for name in (*condition.columns, *condition.fields):
        evidence[name], evidence[f"{name}.prev"] = (known(value) for value in facts[name])
    rule, timeframe = f"{RULE}:{condition.id}", condition.timeframe
    return Signal(
        id=signal_id(rule, VERSION, {}, "up", symbol, str(timeframe), close_at, provisional=glimpse),
        rule=RULE,
        rule_version=VERSION,
        params={},
        direction="up",
        symbol=symbol,
        timeframe=timeframe,
        ts_event=int(x["seen_at"]),
        ts_init=int(x["ts_init"]),
        price=float(x["close"]),
        evidence=evidence,
        condition=condition.text,
        provisional=glimpse,
        bar_close=close_at if glimpse else None,
        source=state.source_names[x["source"]],
        replayed=bool(x["replayed"]),
    )
