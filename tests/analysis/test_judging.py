"""Users' conditions in the engine: the bars on which they fire, their signals, and that batches and restarts change nothing."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import pytest

from services.analysis.kernels.plan import INDICATORS
from services.analysis.live.domain.checkpoint import needed_windows
from services.analysis.live.domain.engine import Engine
from services.analysis.live.domain.user_conditions import MOST_REQUESTED, ConditionRequest, ConditionSet, condition_set
from shared.conditions import parse
from shared.events import Bar, Signal, Timeframe, signal_id
from tests.analysis.market import LISTED, engine, market, series
from tests.analysis.tape import of_symbol, stored, tape

SYMBOLS, DAYS = ("AAA", "BBB"), 4
RISING = "close > prev(close) and volume > 0 on 15m"
ABOVE = "close > open"
FORMING = ("15m", "30m", "4h")
LOW = "rsi_21 < 50 and sma_5 > 0 on 1h"
LOG = tape(SYMBOLS, DAYS)
REQUESTS = [
    ConditionRequest(RISING, False, frozenset({"AAA"})),
    *(ConditionRequest(f"{ABOVE} on {each}", True, frozenset({"BBB"})) for each in FORMING),
    ConditionRequest(LOW, False, None),
    ConditionRequest("close > 0 on 1d", False, frozenset()),
]
CONDITIONS = condition_set(REQUESTS)
WARM = 2 * len(LOG) // DAYS


def engine_with(condition_set: ConditionSet = CONDITIONS) -> Engine:
    found = engine()
    found.request_indicators(condition_set.requested)
    found.set_conditions(condition_set)
    return found


@cache
def uninterrupted() -> tuple[list[Bar], list[Signal], dict[tuple[str, str, int], dict[str, float | None]]]:
    outcome = engine_with().apply(LOG)
    rows = {(row.symbol, str(row.timeframe), row.ts_event): row.values for row in outcome.rows}
    return outcome.bars, outcome.signals, rows


def of(condition: str, *, provisional: bool = False) -> list[Signal]:
    text = parse(condition).text
    return [signal for signal in uninterrupted()[1] if signal.condition == text and signal.provisional is provisional]


def bars_of(symbol: str, timeframe: str) -> list[Bar]:
    return [bar for bar in uninterrupted()[0] if (bar.symbol, bar.timeframe) == (symbol, timeframe)]


def test_it_fires_on_every_closed_bar_on_which_it_is_true_and_for_no_other_instrument() -> None:
    due = [bar.ts_event for last, bar in pairwise(bars_of("AAA", "15m")) if bar.close > last.close * (1 + 1e-9) and bar.volume > 0]
    assert [(signal.symbol, signal.ts_event) for signal in of(RISING)] == [("AAA", ts) for ts in due]
    assert len(due) > 20
    assert of(RISING, provisional=True) == []


def test_an_indicator_that_runs_for_a_condition_alone_counts_from_its_warm_up_on() -> None:
    due = []
    for symbol in SYMBOLS:
        for bar in bars_of(symbol, "1h"):
            rsi = uninterrupted()[2][symbol, "1h", bar.ts_event]["rsi_21"]
            if rsi is not None and rsi < 50:
                due.append((symbol, bar.ts_event))
    assert sorted((signal.symbol, signal.ts_event) for signal in of(LOW)) == sorted(due)
    assert due


@pytest.mark.parametrize("timeframe", FORMING)
def test_on_a_forming_bar_it_fires_once_at_the_first_minute_at_which_it_is_true(timeframe: str) -> None:
    minutes, due, above = bars_of("BBB", "1m"), [], f"{ABOVE} on {timeframe}"
    for bar in bars_of("BBB", timeframe):
        inside = [minute for minute in minutes if bar.ts_open < minute.ts_event < bar.ts_event]
        first = next((minute for minute in inside if minute.close > inside[0].open * (1 + 1e-9)), None)
        due += [(first.ts_event, bar.ts_event)] if first else []
    assert [(signal.ts_event, signal.bar_close) for signal in of(above, provisional=True)] == due
    assert len(due) > (20 if timeframe != "4h" else 4)
    assert [signal.ts_event for signal in of(above)] == [bar.ts_event for bar in bars_of("BBB", timeframe) if bar.close > bar.open]


def test_forming_bars_are_looked_at_only_where_a_rule_or_a_condition_needs_it() -> None:
    def looked_at(found: Engine) -> list[str]:
        return [each.value for each, frame in zip(Timeframe, found.state.frames, strict=True) if frame["snapshots"]]

    found = engine()
    assert looked_at(found) == ["15m", "1h", "1d"]
    every = [ConditionRequest(f"close > 0 on {each.word}", True, None) for each in Timeframe]
    found.set_conditions(condition_set(every))
    assert looked_at(found) == ["15m", "30m", "1h", "4h", "1d"]
    found.set_conditions(condition_set([*(ConditionRequest(each.text, False, None) for each in every)]))
    assert looked_at(found) == ["15m", "1h", "1d"]


def test_the_signal_shows_what_the_condition_names() -> None:
    bars = {bar.ts_event: (last, bar) for last, bar in pairwise(bars_of("AAA", "15m"))}
    for signal in of(RISING):
        last, bar = bars[signal.ts_event]
        assert (signal.rule, signal.rule_version, signal.params, signal.direction) == ("condition", 2, {}, "up")
        assert (signal.price, signal.level, signal.replayed, signal.source) == (bar.close, None, True, "test")
        assert signal.evidence == {
            "close": bar.close,
            "close.prev": last.close,
            "volume": bar.volume,
            "volume.prev": last.volume,
        }
        rule = f"condition:{parse(RISING).id}"
        assert signal.id == signal_id(rule, 2, {}, "up", "AAA", "15m", bar.ts_event)
    ids = [signal.id for signal in uninterrupted()[1]]
    assert len(set(ids)) == len(ids)
    assert set(of(LOW)[0].evidence) == {"rsi_21", "rsi_21.prev", "sma_5", "sma_5.prev"}


def test_a_later_request_does_not_report_a_forming_bar_twice() -> None:
    found, ids = engine_with(), list[str]()
    for first in range(0, len(LOG), 50):
        ids += [signal.id for signal in found.apply(LOG[first : first + 50]).signals if signal.condition]
        found.set_conditions(condition_set([ConditionRequest(f"close > {first} on 1w", False, None), *REQUESTS]))
    assert ids == [signal.id for signal in uninterrupted()[1] if signal.condition]


@pytest.mark.parametrize("size", [1_000, 333])
def test_the_batch_size_changes_nothing(size: int) -> None:
    found, signals = engine_with(), list[Signal]()
    for first in range(0, len(LOG), size):
        signals += found.apply(LOG[first : first + size]).signals
    assert signals == uninterrupted()[1]


def test_a_restart_keeps_the_indicators_that_conditions_request() -> None:
    one, bars = engine_with(), list[Bar]()
    bars += one.apply(LOG[:WARM]).bars
    table = stored(bars)
    windows = {(each.symbol, each.timeframe): table[each.symbol, each.timeframe][-each.n :] for each in needed_windows(one.state)}
    two = Engine.restore(one.snapshot(), windows, market(), LISTED, series())
    assert two.requested == CONDITIONS.requested != ()
    two.set_conditions(CONDITIONS)
    before, after = one.apply(LOG[WARM:]), two.apply(LOG[WARM:])
    assert [signal for signal in after.signals if not signal.provisional] == [
        signal for signal in before.signals if not signal.provisional
    ]
    assert two.snapshot() == one.snapshot()
    assert {signal.id for signal in before.signals} <= {signal.id for signal in after.signals}


def test_a_later_condition_is_warmed_up_from_the_stored_bars() -> None:
    late = engine()
    table = stored(late.apply(LOG[:WARM]).bars)
    late.request_indicators(CONDITIONS.requested)
    for symbol in SYMBOLS:
        late.warm_up(symbol, of_symbol(table, symbol))
    late.set_conditions(CONDITIONS)
    closed = [signal for signal in late.apply(LOG[WARM:]).signals if signal.condition and not signal.provisional]
    first = min(bar.ts_event for bar in closed)
    assert closed == [
        signal for signal in uninterrupted()[1] if signal.condition and not signal.provisional and signal.ts_event >= first
    ]
    assert {signal.condition for signal in closed} == {
        parse(text).text for text in (RISING, LOW, *(f"{ABOVE} on {each}" for each in FORMING))
    }


def test_equal_conditions_are_merged() -> None:
    found = condition_set(
        [ConditionRequest("RSI_14<30", False, frozenset({"A"})), ConditionRequest("30 > rsi_14 on 1d", True, frozenset({"B"}))]
    )
    assert [condition.text for condition in found.conditions] == ["rsi_14 < 30 on 1d"]
    assert ("A" in found.closed[0], "B" in found.closed[0], "C" in found.closed[0]) == (True, True, False)
    assert ("A" in found.forming[0], "B" in found.forming[0]) == (False, True)
    assert found.requested == ()


def test_conditions_that_cannot_run_are_left_out_with_a_reason() -> None:
    many = [ConditionRequest(f"sma_{n} > 1 and wma_{n} > 1", False, None) for n in range(60, 60 + MOST_REQUESTED)]
    found = condition_set(
        [
            ConditionRequest("nonsense", False, None),
            *many,
            ConditionRequest("close > 1", False, None),
            ConditionRequest("sma_60 > 2", False, None),
        ]
    )
    assert len(found.requested) == MOST_REQUESTED
    assert len(found.conditions) == MOST_REQUESTED // 2 + 2
    assert "nonsense" in found.left_out["nonsense"]
    assert len(found.left_out) == 1 + MOST_REQUESTED // 2
    assert not set(found.requested) & set(INDICATORS)


def test_hostile_series_do_no_harm() -> None:
    nested = condition_set(
        [ConditionRequest("close / (open - open) > 1 or not 1 / close > 0 or close[501] > 1 on 1m", False, None)]
    )
    assert nested.left_out
    infinite = condition_set(
        [ConditionRequest("close / (open - open) > 1 or 1e15 * 1e15 * close * volume >= 0 / (open - open) on 1m", False, None)]
    )
    assert [s for s in engine_with(infinite).apply(LOG[:500]).signals if s.condition] == []


def test_the_first_bar_of_a_series_has_no_past() -> None:
    first_bar = condition_set([ConditionRequest("prev(close) > 0 or crosses_above(close, 1) on 1m", False, None)])
    outcome = engine_with(first_bar).apply(LOG[:200])
    first = min(bar.ts_event for bar in outcome.bars if bar.timeframe == Timeframe.M1)
    fired = [signal.ts_event for signal in outcome.signals if signal.condition]
    assert fired
    assert min(fired) > first
