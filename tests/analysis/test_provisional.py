"""Rules on forming bars: the signals as if the bar closed now, once per bar and direction, evaluated when a minute closes."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache

import numpy as np

from services.analysis.kernels import machine_code
from services.analysis.kernels.indicators.kind import Bars
from services.analysis.kernels.plan import plan
from services.analysis.kernels.whole_series import history
from shared.events import Bar, Signal, Timeframe, signal_id
from tests.analysis.market import KERNELS, engine
from tests.analysis.tape import tape

LOOPS, PLAN = machine_code.load(KERNELS), plan()
SYMBOL, DAYS = "AAA", 3
Seen = tuple[str, str, str, int, int]


@cache
def uninterrupted() -> tuple[list[Bar], list[Signal]]:
    outcome = engine().apply(tape((SYMBOL,), DAYS))
    return outcome.bars, outcome.signals


def merged(bars: list[Bar]) -> tuple[float, ...]:
    return bars[0].open, max(b.high for b in bars), min(b.low for b in bars), bars[-1].close, sum(b.volume for b in bars)


def fired(closed: list[Bar], forming: list[Bar], timeframe: str) -> list[tuple[str, str]]:
    """The signals of the rules on the closed bars and the sum of the minutes since, as if that bar had closed."""
    rows = [*((b.open, b.high, b.low, b.close, b.volume) for b in closed), merged(forming)]
    sessions = np.array([*(b.session for b in closed), forming[0].session])
    nothing = np.full(len(rows), np.nan)
    o, h, low, c, v = np.array(rows).T.copy()
    past = history(LOOPS, PLAN, Bars(o, h, low, c, v, sessions, nothing, nothing), timeframe=timeframe)
    return [(PLAN.rules[j].name, PLAN.rules[j].direction(int(way))) for j, way in enumerate(past.fired[:, -1]) if way]


def due() -> dict[Seen, int]:
    """(rule, direction, timeframe, close of the bar, minute) of the first minute at which a rule held, computed independently."""
    bars = uninterrupted()[0]
    minutes = [b for b in bars if b.timeframe == Timeframe.M1]
    found: dict[Seen, int] = {}
    for timeframe in ("15m", "1h"):
        closed: list[Bar] = []
        for bar in [b for b in bars if b.timeframe == timeframe]:
            inside = [m for m in minutes if bar.ts_open < m.ts_event < bar.ts_event]
            once = set[tuple[str, str]]()
            for i, minute in enumerate(inside):
                now = fired(closed, inside[: i + 1], timeframe)
                for name, direction in set(now) - once:
                    found[name, direction, timeframe, bar.ts_event, minute.ts_event] = now.count((name, direction))
                once |= set(now)
            closed.append(bar)
    return found


def test_a_rule_fires_once_at_the_first_minute_at_which_it_holds() -> None:
    provisional = [s for s in uninterrupted()[1] if s.provisional and s.timeframe != Timeframe.D1]
    first: dict[tuple[str, str, str, int], int] = {}
    got = Counter[Seen]()
    for s in provisional:
        assert s.bar_close is not None
        key = (s.rule, s.direction, str(s.timeframe), s.bar_close)
        first.setdefault(key, s.ts_event)
        if first[key] == s.ts_event:  # rules of one name but other parameters may follow later
            got[(*key, s.ts_event)] += 1
    assert len(provisional) > 100
    assert got == Counter(due())


def test_a_provisional_id_is_unique_and_not_the_final_one() -> None:
    bars, signals = uninterrupted()
    ids = [s.id for s in signals]
    assert len(set(ids)) == len(ids)
    closes = {(str(b.timeframe), b.ts_event) for b in bars}
    for s in signals:
        close_at = s.bar_close if s.provisional else s.ts_event
        assert close_at is not None
        assert s.id == signal_id(
            s.rule, s.rule_version, s.params, s.direction, s.symbol, str(s.timeframe), close_at, provisional=s.provisional
        )
        assert (str(s.timeframe), close_at) in closes
        assert s.ts_event < close_at or not s.provisional


def test_more_than_half_of_the_signals_at_a_close_are_provisional_before_it() -> None:
    """Not a rule of the engine, but of prices: it shows that the looks come often enough to be of use."""
    looks = defaultdict(set)
    for s in uninterrupted()[1]:
        looks[s.provisional].add((s.rule, s.direction, tuple(s.params.values()), s.timeframe, s.bar_close or s.ts_event))
    assert len(looks[False] & looks[True]) > 0.5 * len(looks[False])
