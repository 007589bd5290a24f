"""Sequences: equal to the reference, live and in history, for any batches, after a restart and after a rebuild."""

from __future__ import annotations

import itertools
from collections import defaultdict
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.analysis.kernels.plan import plan
from services.analysis.kernels.sequences.kinds import kind_of, kinds
from services.analysis.kernels.sequences.whole_series import completed
from services.analysis.live.domain.checkpoint import needed_windows
from services.analysis.live.domain.engine import Engine
from services.analysis.live.domain.engine_outcome import EngineOutcome
from services.analysis.live.domain.layout import CLOSED, TIMEFRAME_CODES
from services.analysis.live.domain.recent_signals import RecentSignals
from services.analysis.live.domain.sequence_signals import FollowedSequence, SequenceFollower
from shared.events import Signal, TickLog, Timeframe
from shared.sequences import MOST_BARS, SignalSequence, Step, parse
from tests.analysis.market import engine
from tests.analysis.sequences import complete, due
from tests.analysis.tape import of_symbol, stored, tape
from tests.sizes import examples

KINDS = kinds(plan().rules)
FEW = tuple(KINDS[n] for n in (0, 1, 2, 3, 4, len(KINDS) - 1))
"""sma_breakout_up with two parameters and a pattern among them."""
SYMBOLS = ("AAA", "BBB")
TEXTS = (
    "rsi_mid up then macd_cross up within 6 on 15m",
    "rsi_mid down then sma_breakout_down within 20 on 15m",
    "sma_breakout_up(period=20) then bollinger_touch up within 12 then macd_cross down within 20 on 15m",
    "macd_cross down then macd_cross down within 40 on 15m",
    "prev_high_break then rsi_mid down within 30 on 1h",
)
FOLLOWED = tuple(FollowedSequence(parse(text)) for text in TEXTS)


def fired(kind: Step, number: int, *, provisional: bool = False) -> Signal:
    return Signal(
        id=f"{kind.text}{number}", rule=kind.rule, rule_version=1, params=dict(kind.params), direction=kind.direction, symbol="AAA",
        timeframe=Timeframe.D1, ts_event=number, ts_init=number, price=1.0, evidence={}, provisional=provisional,
    )  # fmt: skip


@st.composite
def pasts(draw: st.DrawFn) -> tuple[SignalSequence, npt.NDArray[np.bool_]]:
    """A sequence, and which kinds fired on which bars."""
    steps, left = [], MOST_BARS
    for kind in draw(st.lists(st.sampled_from(FEW), min_size=2, max_size=4)):
        params = kind.params if draw(st.booleans()) else ()
        steps.append(Step(kind.rule, kind.direction, params))
    within: list[int] = []
    for _ in steps[1:]:
        within.append(draw(st.integers(1, min(left - 3 + len(within), 30))))
        left -= within[-1]
    bars = draw(st.integers(1, 150))
    table = np.zeros((len(KINDS), bars), np.bool_)
    dense = draw(st.floats(0.01, 0.4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    for kind in FEW:
        table[KINDS.index(kind)] = rng.random(bars) < dense
    return SignalSequence(tuple(steps), tuple(within), Timeframe.D1), table


@settings(max_examples=examples(150), deadline=None)
@given(past=pasts(), first=st.integers(0, 10**6))
def test_live_and_history_agree_with_the_reference(past: tuple[SignalSequence, npt.NDArray[np.bool_]], first: int) -> None:
    sequence, table = past
    bars: dict[int, list[Signal]] = defaultdict(list)
    for kind, number in np.argwhere(table).tolist():
        bars[number].append(fired(KINDS[kind], number))
    expected = [number for number in range(table.shape[1]) if complete(sequence, bars, number)]
    assert np.flatnonzero(completed(sequence, KINDS, table)).tolist() == expected
    state: Any = SimpleNamespace(recent_signals=RecentSignals(len(KINDS), 1))
    follower, live = SequenceFollower((FollowedSequence(sequence),), KINDS), list[int]()
    for number, signals in sorted(bars.items()):
        closed = np.zeros(1, CLOSED)
        closed["number"], closed["timeframe"] = first + number, TIMEFRAME_CODES[Timeframe.D1]
        found = follower.follow(state, closed, [(0, signal) for signal in signals])
        live += [number] * len(found)
    assert live == expected


@cache
def log() -> list[TickLog]:
    return tape(SYMBOLS, 9)


def following() -> Engine:
    one = engine()
    one.follow(FOLLOWED)
    return one


@cache
def uninterrupted() -> EngineOutcome:
    return following().apply(log())


def of_sequences(outcome: EngineOutcome, *, provisional: bool = False) -> list[Signal]:
    return [signal for signal in outcome.signals if signal.rule == "sequence" and signal.provisional == provisional]


def test_the_engine_fires_what_is_due_and_nothing_else() -> None:
    whole, closes = uninterrupted(), defaultdict(list)
    for bar in whole.bars:
        closes[bar.symbol, bar.timeframe].append(bar.ts_event)
    of_rules = [signal for signal in whole.signals if signal.rule != "sequence"]
    assert of_rules == engine().apply(log()).signals
    got = of_sequences(whole)
    assert {(s.symbol, s.timeframe, s.ts_event, s.id) for s in got} == due([each.sequence for each in FOLLOWED], closes, of_rules)
    assert len({signal.id for signal in got}) == len(got)
    assert {signal.sequence for signal in got} == {parse(text).text for text in TEXTS}


def test_a_signal_has_the_last_step_and_the_bars_since_the_others() -> None:
    whole, three = uninterrupted(), parse(TEXTS[2])
    closes = [bar.ts_event for bar in whole.bars if bar.symbol == "AAA" and bar.timeframe == Timeframe.M15]
    mine = [signal for signal in whole.signals if signal.symbol == "AAA" and not signal.provisional]
    completing = [signal for signal in mine if signal.sequence == three.text]
    assert completing
    for signal in completing:
        last = next(each for each in mine if each.ts_event == signal.ts_event and each.rule == "macd_cross")
        ago = [int(signal.evidence[f"bars_since_{n}"] or 0) for n in (1, 2)]
        for back, step in zip(ago, three.steps, strict=False):
            at = closes[closes.index(signal.ts_event) - back]
            assert any(kind_of(each).rule == step.rule and each.ts_event == at for each in mine)
        assert 0 < ago[1] <= 20 and 0 < ago[0] - ago[1] <= 12  # noqa: PT018  # one chain
        assert {key: value for key, value in signal.evidence.items() if not key.startswith("bars_since")} == last.evidence
        assert (signal.rule, signal.direction, signal.price, signal.level) == ("sequence", "down", last.price, None)


def test_only_the_instruments_that_were_named_are_followed() -> None:
    one = engine()
    one.follow((FollowedSequence(FOLLOWED[0].sequence, frozenset({"BBB"})),))
    got = of_sequences(one.apply(log()))
    assert got == [
        signal for signal in of_sequences(uninterrupted()) if signal.symbol == "BBB" and signal.sequence == parse(TEXTS[0]).text
    ]
    assert got


def test_a_forming_bar_completes_a_sequence_once_and_provisionally() -> None:
    whole = uninterrupted()
    early = of_sequences(whole, provisional=True)
    assert early
    assert len({signal.id for signal in early}) == len(early)
    assert not {signal.id for signal in early} & {signal.id for signal in of_sequences(whole)}
    provisional = {(s.rule, s.direction, s.symbol, s.timeframe, s.ts_event) for s in whole.signals if s.provisional}
    for signal in early:
        assert signal.bar_close is not None
        assert signal.ts_event < signal.bar_close
        last = parse(signal.sequence).steps[-1]
        assert (last.rule, last.direction, signal.symbol, signal.timeframe, signal.ts_event) in provisional


def test_a_sequence_followed_later_counts_earlier_signals() -> None:
    cut, late = 3_000, engine()
    before = late.apply(log()[:cut])
    late.follow(FOLLOWED)
    after = late.apply(log()[cut:])
    first = len(following().apply(log()[:cut]).signals)
    assert not of_sequences(before)
    assert after.signals == uninterrupted().signals[first:]


def test_cuts_and_restarts_change_nothing() -> None:
    one, signals, table, first = following(), list[Signal](), list[Any](), 0
    for size in itertools.cycle((1, 333, 7, 1000, 64)):
        part = one.apply(log()[first : first + size])
        signals += part.signals
        table += part.bars
        kept = stored(table)
        windows = {(w.symbol, w.timeframe): kept[w.symbol, w.timeframe][-w.n :] for w in needed_windows(one.state)}
        one = Engine.restore(one.snapshot(), windows, one.calendar, one.listed, one.series)
        one.follow(FOLLOWED)
        if (first := first + size) >= len(log()):
            break
    assert signals == uninterrupted().signals


def recent(one: Engine, symbol: str) -> list[int]:
    """The recent signals of each series before the next bar."""
    row = one.state.rows[symbol]
    numbers = one.state.forming["number"][row].tolist()
    return [
        one.state.recent_signals.bars_before(row, code, kind, n) for code, n in enumerate(numbers) for kind in range(len(KINDS))
    ]


@pytest.mark.parametrize("crash", [2_345, 6_111, 9_002])
def test_a_rebuild_restores_the_recent_signals_of_history(crash: int) -> None:
    lived = following()
    before = lived.apply(log()[:crash])
    table, rebuilt = stored(before.bars), following()
    for symbol in SYMBOLS:
        assert not rebuilt.load(symbol, of_symbol(table, symbol), 0, tail=0).signals
    for symbol in SYMBOLS:
        assert recent(lived, symbol) == recent(rebuilt, symbol)
    after = rebuilt.apply(log()[crash - 200 :])
    whole = uninterrupted()
    later = [signal for signal in whole.signals[len(before.signals) :] if not signal.provisional]
    assert [signal for signal in after.signals if not signal.provisional] == later
    assert of_sequences(EngineOutcome(signals=later))
