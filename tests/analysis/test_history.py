"""History that takes effect, and rebuilding from stored bars: nothing fires twice, nothing later is different."""

from __future__ import annotations

import itertools
from functools import cache

import numpy as np
import pytest

from services.analysis.kernels.closed_bars import adjusted, merge_bars
from services.analysis.live.domain.checkpoint import needed_windows
from services.analysis.live.domain.engine import Engine
from services.analysis.live.domain.engine_outcome import EngineOutcome
from services.analysis.live.domain.provided_bars import bars_of_history
from shared.events import History, ProviderBar, Tick, TickLog, Timeframe
from tests.analysis.market import HALF_DAY, engine, hours
from tests.analysis.tape import of_symbol, stored, tape

SYMBOLS = ("AAA", "BBB")


@cache
def log() -> list[TickLog]:
    return tape(SYMBOLS, 9)


@cache
def uninterrupted() -> EngineOutcome:
    return engine().apply(log())


def history(symbol: str, timeframe: Timeframe, bars: list[ProviderBar]) -> History:
    return History(
        symbol=symbol,
        exchange="NYSE",
        timeframe=timeframe,
        bars=tuple(bars),
        ts_event=bars[-1].ts_close,
        ts_init=HALF_DAY,
        source="test",
    )


def days(n: int, *, factor: float = 1.0) -> list[ProviderBar]:
    times = hours("NYSE")
    return [
        ProviderBar(
            ts_open=int(times.open[i]), ts_close=int(times.close[i]), open=100.0 + i, high=103.0 + i, low=99.0 + i, close=101.0 + i,
            volume=1000.0, price_factor=factor, split_factor=factor,
        )
        for i in range(n)
    ]  # fmt: skip


def test_the_tape_fires_enough_to_prove_something() -> None:
    assert len(uninterrupted().signals) > 50
    assert {signal.timeframe for signal in uninterrupted().signals} >= {Timeframe.M15, Timeframe.H1}


@pytest.mark.parametrize(
    ("crash", "kept"),
    [
        pytest.param(crash, kept, marks=() if i % 3 == j else pytest.mark.thorough)  # each moment, each part
        for i, crash in enumerate((700, 2_345, 4_000, 6_111, 7_777, 9_002))
        for j, kept in enumerate((0.0, 0.6, 0.97))
    ],
)
def test_a_rebuild_gives_the_same_later_signals_as_no_crash(crash: int, kept: float) -> None:
    """The checkpoint is lost at event ``crash``; the log still has its last part, from ``kept`` of the way on."""
    start = min(int(crash * kept), crash - 200)  # the log reaches back beyond the open bar of the finest timeframe
    before = engine().apply(log()[:crash])
    table, rebuilt = stored(before.bars), engine()
    for symbol in SYMBOLS:
        assert not rebuilt.load(symbol, of_symbol(table, symbol), 0, tail=0).signals
    after = rebuilt.apply(log()[start:])
    whole = uninterrupted()
    later = whole.signals[len(before.signals) :]
    assert [signal for signal in after.signals if not signal.provisional] == [signal for signal in later if not signal.provisional]
    assert {signal.id for signal in after.signals} - {signal.id for signal in before.signals} == {signal.id for signal in later}
    assert after.bars == whole.bars[len(before.bars) :]
    assert after.rows == whole.rows[len(before.rows) :]


def test_cuts_and_restarts_change_no_signal() -> None:
    one, parts, first = engine(), EngineOutcome(), 0
    for size in itertools.cycle((1, 333, 7, 1000, 64)):
        part = one.apply(log()[first : first + size])
        parts.bars += part.bars
        parts.rows += part.rows
        parts.signals += part.signals
        table = stored(parts.bars)
        windows = {(w.symbol, w.timeframe): table[w.symbol, w.timeframe][-w.n :] for w in needed_windows(one.state)}
        one = Engine.restore(one.snapshot(), windows, one.calendar, one.listed, one.series)
        if (first := first + size) >= len(log()):
            break
    whole = uninterrupted()
    assert (parts.bars, parts.rows, parts.signals) == (whole.bars, whole.rows, whole.signals)


def test_history_fires_nothing_and_leaves_a_tail() -> None:
    one = engine()
    bars = bars_of_history([history("AAA", Timeframe.D1, days(20)[:10]), history("AAA", Timeframe.D1, days(20)[10:])], HALF_DAY)
    output = one.load("AAA", {Timeframe.D1: bars}, HALF_DAY)
    assert not output.signals
    assert [bar.ts_event for bar in output.bars] == [row.ts_event for row in output.rows] == [day.ts_close for day in days(20)]
    assert output.rows[18].values["sma_20"] is None
    assert output.rows[19].values["sma_20"] == pytest.approx(np.mean([101.0 + i for i in range(20)]))
    quote = output.quotes[0]
    assert (quote.last_price, quote.prev_close, quote.year_high, quote.day_open) == (120.0, 119.0, 122.0, 119.0)


def test_the_forming_bars_survive_a_repair_in_mid_session() -> None:
    one, other = engine(), engine()
    cut = 3_000  # in the middle of a session
    before = one.apply(log()[:cut])
    other.apply(log()[:cut])
    table = stored(before.bars)
    for symbol in SYMBOLS:
        assert not other.load(symbol, of_symbol(table, symbol), HALF_DAY).signals
    assert other.state.forming["active"].sum() == one.state.forming["active"].sum() > 0
    later, repaired = one.apply(log()[cut:]), other.apply(log()[cut:])
    prices = [
        [(b.symbol, b.timeframe, b.ts_event, b.open, b.high, b.low, b.close) for b in output.bars] for output in (later, repaired)
    ]
    assert prices[0] == prices[1]
    assert [row.values["sma_50"] for row in later.rows] == [row.values["sma_50"] for row in repaired.rows]


def test_a_repair_that_overtakes_the_forming_bar_ends_it() -> None:
    one = engine()
    times = hours("NYSE")
    one.apply([Tick(symbol="AAA", price=100.0, ts_event=int(times.open[3]), ts_init=int(times.open[3]), source="test")])
    output = one.load("AAA", {Timeframe.D1: bars_of_history([history("AAA", Timeframe.D1, days(5))], HALF_DAY)}, HALF_DAY)
    assert len(output.bars) == 5
    late = Tick(
        symbol="AAA", price=101.0, ts_event=int(times.open[4]) + 1, ts_init=int(times.open[5]), source="test", finest=Timeframe.D1
    )
    assert one.apply([late]).counts == {"late": 1}


def test_indicators_see_adjusted_prices_and_bars_stay_raw() -> None:
    one = engine()
    bars = bars_of_history([history("AAA", Timeframe.D1, days(20, factor=0.25))], HALF_DAY)
    output = one.load("AAA", {Timeframe.D1: bars}, HALF_DAY)
    assert output.bars[-1].close == 120.0
    assert output.rows[-1].close == 30.0
    assert output.rows[-1].values["sma_20"] == pytest.approx(np.mean([(101.0 + i) / 4 for i in range(20)]))
    assert adjusted(bars).volume[0] == 4000.0
    assert output.quotes[0].prev_close == 119.0 / 4


def test_invalid_provided_bars_are_left_out() -> None:
    good = days(3)
    bad = [
        ProviderBar(ts_open=1, ts_close=2, open=float("nan"), high=1, low=1, close=1, volume=1),
        ProviderBar(ts_open=1, ts_close=3, open=1, high=1, low=1, close=-1, volume=1),
        ProviderBar(ts_open=1, ts_close=4, open=1, high=1, low=1, close=1, volume=float("inf")),
        ProviderBar(ts_open=5, ts_close=5, open=1, high=1, low=1, close=1, volume=1),
        ProviderBar(ts_open=5, ts_close=2**70, open=1, high=1, low=1, close=1, volume=1),
        ProviderBar(ts_open=1, ts_close=HALF_DAY + 60_001, open=1, high=1, low=1, close=1, volume=1),
        *(
            ProviderBar(ts_open=1, ts_close=6, open=1, high=1, low=1, close=1, volume=1, price_factor=price, split_factor=split)
            for factor in (float("nan"), float("inf"), 0.0, -1.0, 1e-300, 1e300)
            for price, split in ((factor, 1.0), (1.0, factor if factor != 1e300 else -0.0))
        ),
    ]
    assert bars_of_history([history("AAA", Timeframe.D1, bad + good)], HALF_DAY)["close"].tolist() == [101.0, 102.0, 103.0]
    dirty = ProviderBar(ts_open=1, ts_close=2, open=10, high=9, low=11, close=12, volume=1)
    kept = bars_of_history([history("AAA", Timeframe.D1, [dirty])], HALF_DAY)[0]
    assert (kept["high"], kept["low"]) == (12.0, 10.0)


def test_of_two_bars_of_one_close_time_the_newer_counts() -> None:
    old = bars_of_history([history("AAA", Timeframe.D1, days(4))], HALF_DAY)
    new = bars_of_history([history("AAA", Timeframe.D1, days(6, factor=0.5)[2:])], HALF_DAY)
    assert merge_bars(old, new)["price_factor"].tolist() == [1.0, 1.0, 0.5, 0.5, 0.5, 0.5]


def test_history_of_an_unknown_symbol_is_counted() -> None:
    one = engine()
    bars = bars_of_history([history("ZZZ", Timeframe.D1, days(2))], HALF_DAY)
    assert one.load("ZZZ", {Timeframe.D1: bars}, HALF_DAY).counts == {"unknown": 1}
    assert isinstance(one, Engine)
    assert not one.state.symbols
