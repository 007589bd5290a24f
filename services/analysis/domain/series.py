"""Indicators and rules over the series of a partition: the plan and its loops, applied to the windows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from services.analysis.domain.indicators.kind import Bars
from services.analysis.domain.past import Adjusted
from services.analysis.domain.plan import BAR_FIELDS, INSTRUMENT_KINDS, Plan
from services.analysis.domain.state import Floats, Records, State
from shared.events import Bar, Signal, signal_id


class Loops(Protocol):
    """The generated module: see ``loops.py`` for what its functions do."""

    def close_bars(self, *arguments: Any) -> None: ...
    def peek_bars(self, *arguments: Any) -> None: ...
    def values(self, *arguments: Any) -> None: ...


class Series:
    """Runs one plan. Holds no state of its own."""

    def __init__(self, plan: Plan, loops: Loops) -> None:
        self._plan = plan
        self._loops = loops
        self.version = plan.version
        self.columns = plan.columns
        self.width = plan.state_width

    def advance(self, state: State, closed: Records, bars: Sequence[Bar]) -> tuple[Floats, list[Signal]]:
        """Moves every series on by its closed bars (dtype CLOSED; ``bars`` are the same as events).

        Returns the indicator values (bars, columns) and the signals that fired, in the order of the bars.
        """
        plan, n = self._plan, len(closed)
        out, before = np.empty((n, len(plan.columns))), np.empty((n, len(plan.columns)))
        fired = np.zeros((n, len(plan.rules)), np.int64)
        rows, frames, at = (np.ascontiguousarray(closed[name]) for name in ("row", "timeframe", "at"))
        kinds = np.array([_kind(state.kinds[row]) for row in rows.tolist()], np.int64)
        self._loops.close_bars(
            plan.arrays, _windows(state), rows, frames, at, kinds, state.memory, state.previous, plan.wanted, out, before, fired
        )
        signals = []
        for i, rule in np.argwhere(fired).tolist():
            window = [getattr(state.windows, name)[rows[i], frames[i]] for name in BAR_FIELDS]
            now = dict(zip(plan.columns, out[i].tolist(), strict=True))
            past = dict(zip(plan.columns, before[i].tolist(), strict=True))
            now |= {name: float(values[at[i]]) for name, values in zip(BAR_FIELDS, window, strict=True)}
            past |= {name: float(values[at[i] - 1]) for name, values in zip(BAR_FIELDS, window, strict=True)}
            signals.append(self._signal(rule, int(fired[i, rule]), bars[i], now, past))
        return out, signals

    def replay(self, state: State, row: int, code: int, bars: Adjusted) -> Floats:
        """Starts a series again from closed bars, without signals; values of shape (bars, columns)."""
        plan, n = self._plan, len(bars.close)
        out = np.empty((len(plan.columns), n))
        memory = state.memory[row, code]
        memory[:] = 0.0
        past = Bars(bars.open, bars.high, bars.low, bars.close, bars.volume, bars.session)
        self._loops.values(plan.arrays, past, memory, out)
        state.previous[row, code] = out[:, -1]
        return out.T

    def peek(self, state: State, row: int, code: int) -> Floats:
        """The values (columns,) at the forming bar, which is lent the place after the newest closed one."""
        forming: Any = state.forming[row, code]
        n = int(forming["n"])
        for name in (*BAR_FIELDS, "session"):
            getattr(state.windows, name)[row, code, n] = forming[name]
        out = np.empty((1, len(self._plan.columns)))
        one = (np.array([row]), np.array([code]), np.array([n]))
        self._loops.peek_bars(self._plan.arrays, _windows(state), *one, state.memory, out)
        values: Floats = out[0]
        return values

    def _signal(self, place: int, fired: int, bar: Bar, now: Mapping[str, float], past: Mapping[str, float]) -> Signal:
        rule = self._plan.rules[place]
        direction, params = rule.direction(fired), dict(rule.params)
        evidence = {}
        for name in rule.evidence:
            evidence[name], evidence[f"{name}.prev"] = _known(now[name]), _known(past[name])
        return Signal(
            id=signal_id(rule.name, rule.version, params, direction, bar.symbol, str(bar.timeframe), bar.ts_event),
            rule=rule.name,
            rule_version=rule.version,
            params=params,
            direction=direction,
            symbol=bar.symbol,
            timeframe=bar.timeframe,
            ts_event=bar.ts_event,
            ts_init=bar.ts_init,
            price=now["close"],
            level=_known(rule.level(now, direction)),
            evidence=evidence,
            source=bar.source,
            replayed=bar.replayed,
        )


def _windows(state: State) -> Bars:
    w = state.windows
    return Bars(w.open, w.high, w.low, w.close, w.volume, w.session)


def _kind(name: str) -> int:
    return INSTRUMENT_KINDS.index(name) if name in INSTRUMENT_KINDS else INSTRUMENT_KINDS.index("stock")


def _known(value: float | None) -> float | None:
    return float(value) if value is not None and np.isfinite(value) else None
