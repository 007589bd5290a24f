"""Every rule in the table: against the plain reference, never ahead of its time, live as in history, with level and evidence."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from _pytest.mark.structures import ParameterSet
from hypothesis import given, settings
from hypothesis import strategies as st

from services.analysis.kernels import machine_code
from services.analysis.kernels.indicators.kind import Bars
from services.analysis.kernels.plan import BAR_FIELDS, INSTRUMENT_KINDS, TIMEFRAME_NAMES, RuleInstance, plan
from services.analysis.kernels.rules.table import RULES
from services.analysis.kernels.signatures import BarIndexes, SeriesMemory, SeriesRows
from services.analysis.kernels.sorts import EVENTS
from services.analysis.kernels.whole_series import SeriesResult, history
from services.analysis.live.domain.layout import CLOSED
from tests.analysis.market import KERNELS
from tests.analysis.samples import bars_of, drawn, hostile, ragged, real, with_year
from tests.e2e.reference_bars import PlainBar
from tests.e2e.reference_signals import Params, firings, rules_on
from tests.sizes import examples

CODE = machine_code.load(KERNELS)
LOOPS = CODE.core
PLAN = plan()
Facts = tuple[str, Params, str, int]
Due = dict[tuple[str, Params], dict[Facts, float]]
"""Rule and params -> what fires -> its level."""


@cache
def rough() -> Bars:
    """Long enough for every average, rough enough for every rule: trends, gaps between sessions, bursts and lulls of volume."""
    rng, n = np.random.default_rng(11), 2500
    drift = np.where(np.arange(n) // 300 % 2 == 0, 0.004, -0.004)
    close = 100 * np.exp(np.cumsum(drift + rng.normal(0, 0.015, n)))
    bars = bars_of(close, 1000 * np.exp(rng.normal(0, 0.7, n)), per_session=3, wide=0.002)
    opened = bars.open * np.where(rng.random(n) < 0.1, 1 + rng.normal(0, 0.04, n), 1.0)
    columns = opened, np.maximum(bars.high, opened), np.minimum(bars.low, opened), bars.close, bars.volume, bars.session
    return with_year(*columns, year=252)


@cache  # the same for all timeframes and kinds
def due_on_rough() -> Due:
    return due(rough())


def signals_of(past: SeriesResult, bars: Bars) -> dict[Facts, float]:
    """What fired -> its level."""
    found: dict[Facts, float] = {}
    for j, t in np.argwhere(past.fired).tolist():
        rule = PLAN.rules[j]
        direction = rule.direction(int(past.fired[j, t]))
        level = rule.level(values_at(past, bars, t), direction)
        assert level is not None
        found[rule.name, tuple(sorted(rule.params.items())), direction, t] = level
    return found


def values_at(past: SeriesResult, bars: Bars, t: int) -> dict[str, float]:
    columns = dict(zip(PLAN.columns, past.values[:, t].tolist(), strict=True))
    return columns | {name: float(getattr(bars, name)[t]) for name in BAR_FIELDS}


def due(bars: Bars) -> Due:
    """The same of each rule that runs on any timeframe or kind, by the reference, which knows docs/signals.md alone."""
    plain = [
        PlainBar(t, t, session, o, h, low, c, v)
        for t, (o, h, low, c, v, session) in enumerate(zip(*(column.tolist() for column in bars[:6]), strict=True))
    ]
    rules = {(name, params): rule for kind in INSTRUMENT_KINDS for name, params, rule in rules_on("1d", kind)}
    found: Due = {each: {} for each in rules}
    for t, name, params, direction, level in firings([(*each, rule) for each, rule in rules.items()], plain, plain):
        mine, facts = found[name, params], (name, params, direction, t)
        assert facts not in mine
        mine[facts] = level
    return found


def compare(bars: Bars, by_rule: Due, timeframe: str, kind: str) -> None:
    got = signals_of(history(CODE, PLAN, bars, timeframe=timeframe, kind=kind), bars)
    want = {facts: level for name, params, _ in rules_on(timeframe, kind) for facts, level in by_rule[name, params].items()}
    assert got.keys() == want.keys(), sorted(got.keys() ^ want.keys())[:10]
    facts = list(want)
    mine, theirs = (np.array([levels[each] for each in facts]) for levels in (got, want))
    far = ~(np.abs(mine - theirs) <= np.maximum(1e-9 * np.abs(theirs), 1e-9))
    assert not far.any(), [(facts[at], mine[at], theirs[at]) for at in np.flatnonzero(far)[:10]]


def cases() -> list[ParameterSet]:
    """Of the timeframes whose rules are the same ``make test`` takes one for each kind, and all for stocks."""
    pairs = [(timeframe, kind) for timeframe in ("15m", "1h", "4h", "1d", "1w") for kind in INSTRUMENT_KINDS]
    return [
        pytest.param(*pair, marks=() if pair[0] in ("15m", "1d") or pair[1] == "stock" else pytest.mark.thorough) for pair in pairs
    ]


@pytest.mark.parametrize(("timeframe", "kind"), cases())
def test_it_fires_when_the_reference_fires(timeframe: str, kind: str) -> None:
    compare(rough(), due_on_rough(), timeframe, kind)


def test_it_fires_when_the_reference_fires_on_ragged_bars() -> None:
    compare(ragged(), due(ragged()), "1d", "stock")


@pytest.mark.parametrize("name", list(real()))
def test_it_fires_when_the_reference_fires_on_real_bars(name: str) -> None:
    bars = with_year(*real()[name][:6], year=252)
    compare(bars, due(bars), "1d", "stock")


@settings(max_examples=examples(60), deadline=None)
@given(bars=drawn(), timeframe=st.sampled_from(["1h", "1d"]), kind=st.sampled_from(["index", "stock"]))
def test_it_fires_when_the_reference_fires_on_ties(bars: Bars, timeframe: str, kind: str) -> None:
    bars = with_year(*bars[:6], year=252)
    compare(bars, due(bars), timeframe, kind)


@pytest.mark.parametrize("place", range(len(PLAN.rules)), ids=[f"{rule.name}{list(rule.params.values())}" for rule in PLAN.rules])
def test_it_fires_in_each_of_its_directions_with_evidence(place: int) -> None:
    rule, directions = PLAN.rules[place], set()
    kinds = rule.rule.instruments(rule.params) or ("stock",)
    for bars in (rough(), ragged()):
        past = history(CODE, PLAN, bars, kind=kinds[0])
        directions |= {rule.direction(int(fired)) for fired in past.fired[place] if fired}
        for t in np.flatnonzero(past.fired[place]).tolist():
            values, before = values_at(past, bars, t), values_at(past, bars, t - 1)
            level = rule.level(values, rule.direction(int(past.fired[place, t])))
            assert level is not None
            assert math.isfinite(level)
            assert set(rule.evidence) <= values.keys() == before.keys()
    assert directions == set(rule.rule.directions)


@pytest.mark.parametrize("name", ["rough", *hostile()])
def test_later_bars_change_no_earlier_signal(name: str) -> None:
    bars = rough() if name == "rough" else hostile()[name]
    whole = history(CODE, PLAN, bars)
    rng = np.random.default_rng(5)
    for cut in {0, 1, 2, len(bars.close) - 1, *rng.integers(0, len(bars.close), 20).tolist()}:
        part = history(CODE, PLAN, Bars._make(values[:cut] for values in bars))
        assert part.fired.tobytes() == whole.fired[:, :cut].tobytes()
        assert part.values.tobytes() == whole.values[:, :cut].tobytes()


def test_live_fires_what_history_fires_and_a_peek_nothing() -> None:
    bars = rough()
    whole, state = history(CODE, PLAN, bars), np.zeros(PLAN.state_width)
    row, before = np.full(len(PLAN.columns), np.nan), np.full(len(PLAN.columns), np.nan)
    runs, fired = PLAN.runs[TIMEFRAME_NAMES.index("1d"), INSTRUMENT_KINDS.index("stock")], np.full(len(PLAN.rules), 9)
    for t in range(len(bars.close)):
        LOOPS.advance(PLAN.arrays, bars, t, state, False, before, row, runs, fired)
        assert (fired == 9).all()
        LOOPS.advance(PLAN.arrays, bars, t, state, True, before, row, runs, fired)
        assert (fired == whole.fired[:, t]).all()
        before[:] = row
        fired[:] = 9


def test_many_closed_bars_at_once_are_as_one_by_one() -> None:
    series = [hostile()["wild"], hostile()["stairs up"]]
    n = len(series[0].close)
    windows = Bars(*(np.array([[a, b], [b, a]]) for a, b in zip(*series, strict=True)))
    states, previous = np.zeros((2, 2, PLAN.state_width)), np.full((2, 2, len(PLAN.columns)), np.nan)
    runs = np.ones_like(PLAN.runs)
    closed = np.zeros(4 * n, CLOSED)
    closed["row"], closed["timeframe"], closed["at"] = (
        np.tile([0, 0, 1, 1], n),
        np.tile([0, 1, 0, 1], n),
        np.repeat(np.arange(n), 4),
    )
    kinds, reported = np.full(4 * n, 2), np.zeros((2, 2, len(PLAN.rules)), np.uint8)
    out, before = np.empty((4 * n, len(PLAN.columns))), np.empty((4 * n, len(PLAN.columns)))
    fired = np.zeros((4 * n, len(PLAN.rules)), np.int64)
    memory, rows = SeriesMemory(states, previous, reported), SeriesRows(out, before, fired)
    LOOPS.advance_closed_bars(PLAN.arrays, windows, closed, kinds, memory, runs, rows)
    alone = history(CODE, PLAN, series[0], kind="stock")
    assert out[::4].tobytes() == np.ascontiguousarray(alone.values.T).tobytes()
    assert out[3::4].tobytes() == out[::4].tobytes()
    assert before[4::4].tobytes() == out[:-4:4].tobytes()
    assert states[0, 0].tobytes() == alone.state.tobytes()
    ran = PLAN.runs[TIMEFRAME_NAMES.index("1d"), INSTRUMENT_KINDS.index("stock")].astype(bool)
    assert (fired[::4][:, ran] == alone.fired.T[:, ran]).all()
    kept, peeked = states.tobytes(), np.empty((1, len(PLAN.columns)))
    LOOPS.peek_bars(PLAN.arrays, windows, BarIndexes(*(np.zeros(1, np.int64) for _ in range(3))), states, peeked)
    assert states.tobytes() == kept


def _runs(rule: RuleInstance, timeframe: str, kind: str) -> bool:
    return bool(PLAN.runs[TIMEFRAME_NAMES.index(timeframe), INSTRUMENT_KINDS.index(kind), PLAN.rules.index(rule)])


def test_it_runs_on_the_documented_timeframes_and_kinds() -> None:
    for rule in PLAN.rules:
        frames = ["15m", "1h", "4h", "1d", "1w"]
        if rule.name in {*EVENTS, "drop_from_high"}:  # what happened is not told again for longer bars
            frames = ["1d"] if rule.name in {"all_time_high", "all_time_low"} else ["15m", "1h", "1d"]
        for kind in INSTRUMENT_KINDS:
            mine = (
                rule.name != "price_move"
                or kind in {0.01: "index fx", 0.03: "stock etf", 0.05: "future crypto"}[rule.params["level"]]
            )
            assert [tf for tf in TIMEFRAME_NAMES if _runs(rule, tf, kind)] == frames * mine


def test_no_two_instances_can_have_one_id() -> None:
    names = [(rule.name, tuple(sorted(rule.params.items()))) for rule in PLAN.rules]
    assert len(set(names)) == len(names)
    assert {rule.name for rule in PLAN.rules} == {rule.name for rule in RULES}


def test_a_rule_without_its_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="sma_200"):
        plan([("sma", (50,))])
