"""Conditions on the past, on other timeframes, on times and on events in the engine: they fire where plain Python says so, and
batches, restarts, later requests and rebuilds change nothing."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.analysis.kernels.closed_bars import BarRecords, inputs
from services.analysis.kernels.conditions.whole_series import last_held, truths
from services.analysis.live.domain.checkpoint import needed_windows
from services.analysis.live.domain.derived_past import symbol_past
from services.analysis.live.domain.engine import Engine
from services.analysis.live.domain.engine_outcome import EngineOutcome
from services.analysis.live.domain.layout import CLOSED
from services.analysis.live.domain.split_suspicion import AT_A_TIME, parts
from services.analysis.live.domain.user_conditions import (
    MOST_DERIVED,
    MOST_SLOTS,
    ConditionRequest,
    ConditionSet,
    condition_set,
)
from shared.conditions import Condition, Node
from shared.conditions.expression import Elsewhere
from shared.events import Signal, TickLog, Timeframe
from tests.analysis.market import LISTED, engine, logs, market, series
from tests.analysis.tape import of_symbol, stored, tape
from tests.analysis.trees import BarList, condition_of, node, op, value

SYMBOLS, DAYS = ("AAA", "BBB"), 4
LOG = tape(SYMBOLS, DAYS, first=2)  # from Wednesday: a week closes
HALF = len(LOG) // 2
HOUR, DAY, MINUTE, QUARTER, WEEK = Timeframe.H1, Timeframe.D1, Timeframe.M1, Timeframe.M15, Timeframe.W1

TREES: Final[tuple[tuple[Node, Timeframe], ...]] = (
    (op(">", "close", op("highest", op("prev", "high"), 5)), QUARTER),
    (op("held", op(">", "close", Elsewhere(op("sma", "close", 3), HOUR)), 2), QUARTER),
    (op("within", op(">", "close", Elsewhere(op("lowest", "close", 2), DAY)), 3), Timeframe.M5),
    (op(">=", op("bars_since", op("<", "close", "open")), 2), HOUR),
    (op("and", op(">", op("count", op(">", "close", op("prev", "close")), 7), 4), Elsewhere(op(">", "rsi_14", 20), HOUR)), MINUTE),
    (op(">", op("change_pct", "close", 2), 0), QUARTER),
    (op(">", "close", Elsewhere(op("sma", "close", 20), MINUTE)), DAY),
    (op("crosses_above", "close", Elsewhere(node("close"), HOUR)), QUARTER),
    (op("crosses_above", op("ema", "close", 3), op("ema", "close", 8)), Timeframe.M5),
    (op("prev", op(">", op("stdev", "close", 4), op("prev", op("stdev", "close", 4)))), HOUR),
    (op("<", Elsewhere(node("close"), WEEK), op("*", "close", 1.5)), DAY),
    (op(">", op("-", "rsi_21", op("lowest", "rsi_21", 6)), 10), MINUTE),
    (op("==", Elsewhere(op("lag", "open", 1), DAY), Elsewhere(op("prev", "open"), DAY)), HOUR),
    (op("and", op(">", Elsewhere(node("close"), DAY), 0), op("!=", op("change", Elsewhere(node("low"), MINUTE), 1), 0)), DAY),
)
FORMING: Final = 5


def conditions(extra: Sequence[tuple[Node, Timeframe]] = (), trees: Sequence[tuple[Node, Timeframe]] = TREES) -> ConditionSet:
    """The conditions of these trees: the first for AAA alone, one on forming bars too, the others for everything."""
    known = {condition.text: condition for condition in (condition_of(*each) for each in (*extra, *trees))}
    requests = [
        ConditionRequest(text, text == condition_of(*TREES[FORMING]).text, frozenset({"AAA"}) if n == 0 else None)
        for n, text in enumerate(known)
    ]
    return condition_set(requests, read=known.__getitem__)


CONDITIONS = conditions()


def engine_with(found: ConditionSet = CONDITIONS) -> Engine:
    one = engine()
    one.request_indicators(found.requested)
    one.set_conditions(found)
    return one


@cache
def uninterrupted() -> tuple[EngineOutcome, bytes]:
    one = engine_with()
    return one.apply(LOG), one.snapshot()


def of_conditions(signals: Sequence[Signal], *, provisional: bool = False) -> list[Signal]:
    return [signal for signal in signals if signal.condition and signal.provisional is provisional]


@cache
def lists(symbol: str) -> Mapping[Timeframe, BarList]:
    found, (outcome, _) = {}, uninterrupted()
    for timeframe in Timeframe:
        bars = [bar for bar in outcome.bars if (bar.symbol, bar.timeframe) == (symbol, timeframe)]
        rows = {row.ts_event: row.values for row in outcome.rows if (row.symbol, row.timeframe) == (symbol, timeframe)}
        values = [
            {name: float("nan") if x is None else x for name, x in rows[bar.ts_event].items()}
            | {name: getattr(bar, name) for name in ("open", "high", "low", "close", "volume")}
            for bar in bars
        ]
        found[timeframe] = BarList([bar.ts_event for bar in bars], values)
    return found


def expected(condition: Condition, symbol: str) -> list[int]:
    bars = lists(symbol)
    own = bars[condition.timeframe]
    return [close for t, close in enumerate(own.closes) if value(condition.root, bars, condition.timeframe, t) == 1.0]


def windows(one: Engine, table: Mapping[tuple[str, Timeframe], BarRecords]) -> dict[tuple[str, Timeframe], BarRecords]:
    return {(each.symbol, each.timeframe): table[each.symbol, each.timeframe][-each.n :] for each in needed_windows(one.state)}


@pytest.mark.parametrize("number", range(len(TREES)))
def test_a_condition_fires_on_the_bars_on_which_plain_python_finds_it_true(number: int) -> None:
    outcome, _ = uninterrupted()
    condition = condition_of(*TREES[number])
    for symbol in SYMBOLS:
        fired = [s.ts_event for s in of_conditions(outcome.signals) if (s.condition, s.symbol) == (condition.text, symbol)]
        assert fired == ([] if (number, symbol) == (0, "BBB") else expected(condition, symbol))
    assert any(signal.condition == condition.text for signal in outcome.signals)


def test_every_kind_of_series_is_tested() -> None:
    outcome, _ = uninterrupted()
    fired = {signal.condition for signal in of_conditions(outcome.signals)}
    assert fired == {condition_of(*each).text for each in TREES}
    assert {signal.condition for signal in of_conditions(outcome.signals, provisional=True)} == {condition_of(*TREES[FORMING]).text}


def test_a_forming_bar_is_looked_at_without_a_trace() -> None:
    outcome, _ = uninterrupted()
    minutes = {bar.ts_event: bar for bar in outcome.bars if (bar.symbol, bar.timeframe) == ("AAA", MINUTE)}
    closed = [bar for bar in outcome.bars if (bar.symbol, bar.timeframe) == ("AAA", QUARTER)]
    due = []
    for n, bar in enumerate(closed[2:], 2):
        inside = [close for close in minutes if bar.ts_open < close < bar.ts_event]
        first = next((close for close in inside if minutes[close].close / closed[n - 2].close - 1 > 1e-9), None)
        due += [] if first is None else [(first, bar.ts_event)]
    found = [(s.ts_event, s.bar_close) for s in of_conditions(outcome.signals, provisional=True) if s.symbol == "AAA"]
    assert found == due
    assert len(due) > 20


@pytest.mark.parametrize("seed", [0, 1, pytest.param(2, marks=pytest.mark.thorough)])
def test_however_the_log_is_split_the_signals_and_the_state_are_the_same(seed: int) -> None:
    rng, one, signals, first = random.Random(seed), engine_with(), list[Signal](), 0
    while first < len(LOG):
        size = rng.choice((1, 2, 3, 50, 700)) if seed else 97
        signals += one.apply(LOG[first : first + size]).signals
        first += size
    outcome, snapshot = uninterrupted()
    assert signals == outcome.signals
    assert one.snapshot() == snapshot


@pytest.mark.parametrize("at", [HALF, HALF + 7])
def test_a_restart_changes_nothing(at: int) -> None:
    one = engine_with()
    before = one.apply(LOG[:at])
    two = Engine.restore(one.snapshot(), windows(one, stored(before.bars)), market(), LISTED, series())
    two.set_conditions(CONDITIONS)
    assert two.not_warmed_up == []
    assert of_conditions(two.apply(LOG[at:]).signals) == of_conditions(one.apply(LOG[at:]).signals)
    assert two.snapshot() == one.snapshot() == uninterrupted()[1]


def test_later_conditions_are_unknown_until_warmed_up_and_the_old_ones_keep_every_bit() -> None:
    old, new = conditions(trees=TREES[:5]), CONDITIONS
    one = engine_with(old)
    first = one.apply(LOG[: HALF // 2])
    one.request_indicators(new.requested)
    one.set_conditions(new)
    assert one.not_warmed_up == list(SYMBOLS)
    assert "ema(close, 3)" in one.columns_not_warmed_up
    second = one.apply(LOG[HALF // 2 : HALF])
    table = stored([*first.bars, *second.bars])
    one.warm_up("BBB", of_symbol(table, "BBB"))
    two = Engine.restore(one.snapshot(), windows(one, table), market(), LISTED, series())  # in the middle of the warm-up
    two.set_conditions(new)
    assert two.not_warmed_up == one.not_warmed_up == ["AAA"]
    for each in (one, two):
        each.warm_up("AAA", of_symbol(table, "AAA"))
        assert each.not_warmed_up == []
        assert of_conditions(each.apply(LOG[HALF:]).signals) == [
            signal for signal in of_conditions(uninterrupted()[0].signals) if signal.ts_event > second.bars[-1].ts_event
        ]
        assert each.snapshot() == uninterrupted()[1]
    olds = {condition.text for condition in old.conditions}
    before = [signal for signal in (*first.signals, *second.signals) if signal.condition in olds and not signal.provisional]
    last = before[-1].ts_event
    assert before == [s for s in of_conditions(uninterrupted()[0].signals) if s.condition in olds and s.ts_event <= last]
    unknown = {condition_of(*each).text for each in TREES[5:] if each[1] != DAY} - olds
    assert not [s for s in second.signals if s.condition in unknown and s.condition != condition_of(*TREES[12]).text]


def test_a_rebuild_from_stored_bars_goes_on_as_if_nothing_had_happened() -> None:
    first = engine_with().apply(LOG[:HALF])
    table = stored(first.bars)
    one = engine_with()
    for symbol in SYMBOLS:
        one.load(symbol, of_symbol(table, symbol), 0, tail=0)
    assert one.not_warmed_up == []
    last = first.bars[-1].ts_event
    assert of_conditions(one.apply(LOG[HALF:]).signals) == [
        signal for signal in of_conditions(uninterrupted()[0].signals) if signal.ts_event > last
    ]


def test_a_history_of_one_timeframe_restarts_what_reads_it_from_all_bars() -> None:
    one = engine_with()
    first = one.apply(LOG[:HALF])
    whole = of_symbol(stored(first.bars), "AAA")
    one.load("AAA", {DAY: whole[DAY]}, 0, tail=0, others=whole)
    assert (
        of_conditions(one.apply(LOG[HALF:]).signals)
        == of_conditions(uninterrupted()[0].signals)[len(of_conditions(first.signals)) :]
    )


def test_history_and_live_agree() -> None:
    outcome, _ = uninterrupted()
    one = engine_with()
    one.apply(LOG)
    for symbol in SYMBOLS:
        past = symbol_past(one.state, one.state.rows[symbol], one.series, one.known_values, ())
        whole = past.series(inputs(of_symbol(stored(outcome.bars), symbol)), dict.fromkeys(Timeframe, CONDITIONS.needs(DAY, "")))
        for condition in CONDITIONS.conditions[1:]:
            held = truths(series().code.core, condition, one.series.columns, whole) == 1.0
            fired = [s.ts_event for s in of_conditions(outcome.signals) if (s.condition, s.symbol) == (condition.text, symbol)]
            assert whole[condition.timeframe].ts_close[held].tolist() == fired
            newest = last_held(series().code.core, condition, one.series.columns, whole)
            assert newest == (fired[-1] if fired else None)


def test_the_signal_shows_derived_values_by_their_normal_form() -> None:
    outcome, _ = uninterrupted()
    signal = next(s for s in outcome.signals if s.condition == condition_of(*TREES[8]).text)
    assert set(signal.evidence) == {
        "close", "close.prev", "ema(close, 3)", "ema(close, 3).prev", "ema(close, 8)", "ema(close, 8).prev",
    }  # fmt: skip
    values = {name: x for name, x in signal.evidence.items() if x is not None}
    assert values["ema(close, 3)"] > values["ema(close, 8)"]
    assert values["ema(close, 3).prev"] <= values["ema(close, 8).prev"]
    other = next(s for s in outcome.signals if s.condition == condition_of(*TREES[1]).text)
    assert {name for name in other.evidence if "1h" in name} == {"held(close > sma(close, 3)[1h], 2)", "sma(close, 3)[1h]"}


def test_conditions_that_look_back_too_far_together_are_left_out() -> None:
    long = [(op(">", "close", op("highest", "close", n)), QUARTER) for n in range(500, 480, -1)]
    found = conditions(trees=long)
    assert len(found.conditions) == MOST_SLOTS // 492
    assert set(found.left_out.values()) == {f"conditions look back more than {MOST_SLOTS} bars in total"}
    many = conditions(trees=[(op(">", "close", op("-", op("ema", "close", n), k)), HOUR) for n in range(1, 301) for k in (0,)])
    assert len(many.conditions) == MOST_DERIVED
    assert set(many.left_out.values()) == {f"conditions need more than {MOST_DERIVED} derived values"}


def test_at_the_limit_memory_is_bounded_and_the_state_fits_a_checkpoint() -> None:
    found = conditions(trees=[(op(">", "close", op("highest", "close", n)), MINUTE) for n in range(500, 480, -1)])
    one = engine_with(found)
    outcome = one.apply(LOG[:3200])
    floats = sum(len(memory.slots) for memory in one.state.derived.values())
    assert floats <= MOST_SLOTS * len(SYMBOLS)
    assert len(one.snapshot()) < 200_000 * len(SYMBOLS)
    two = Engine.restore(one.snapshot(), windows(one, stored(outcome.bars)), market(), LISTED, series())
    two.set_conditions(found)
    assert two.snapshot() == one.snapshot()


def test_no_memory_is_kept_for_instruments_and_timeframes_that_no_condition_is_for() -> None:
    one = engine_with(conditions(trees=TREES[:1]))
    one.apply(LOG[:2000])
    assert [key for key, memory in one.state.derived.items() if len(memory.slots)] == [(one.state.rows["AAA"], 2)]
    one.set_conditions(ConditionSet())
    assert one.state.derived == {}


def test_a_damaged_state_is_refused() -> None:
    one = engine_with()
    one.apply(LOG[:500])
    one.state.derived[0, 0].slots = np.zeros(3)
    with pytest.raises(ValueError, match="floats of derived values"):
        Engine.restore(one.snapshot(), {}, market(), LISTED, series())


def test_pending_bars_that_closed_at_one_moment_are_judged_together() -> None:
    late = np.zeros(AT_A_TIME + 5, CLOSED)
    late["close_at"] = np.arange(len(late))
    late["close_at"][AT_A_TIME - 2 : AT_A_TIME + 3] = AT_A_TIME
    first, second = parts(late)
    assert (len(first), len(second)) == (AT_A_TIME + 3, 2)
    assert [len(part) for part in parts(late[:AT_A_TIME])] == [AT_A_TIME]
    assert list(parts(late[:0])) == []


@settings(max_examples=12, deadline=None)
@given(log=logs(60, symbols=("AAA", "EEE")), data=st.data())
def test_on_any_log_batches_and_restarts_change_nothing(log: list[TickLog], data: st.DataObject) -> None:
    one, two, cut = engine_with(), engine_with(), data.draw(st.integers(0, len(log)))
    whole = one.apply(log)
    first = two.apply(log[:cut])
    three = Engine.restore(two.snapshot(), windows(two, stored(first.bars)), market(), LISTED, series())
    three.set_conditions(CONDITIONS)
    rest = [three.apply([event]) for event in log[cut:]]
    assert of_conditions([*first.signals, *(s for outcome in rest for s in outcome.signals)]) == of_conditions(whole.signals)
    assert three.snapshot() == one.snapshot()
