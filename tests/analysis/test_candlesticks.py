"""Candlesticks beside TA-Lib on bars of every shape, also on ties; and rules that do not know in which money a price is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.analysis.kernels import machine_code
from services.analysis.kernels.conditions.programs import compile_conditions, scanned
from services.analysis.kernels.conditions.required_indicators import required_indicator
from services.analysis.kernels.indicators.kind import Bars
from services.analysis.kernels.plan import plan
from services.analysis.kernels.whole_series import history
from shared.conditions import parse
from tests.analysis import oracles_more_candles
from tests.analysis.market import KERNELS
from tests.analysis.oracles_candles import by_talib, known
from tests.analysis.samples import bars_of, ragged
from tests.sizes import examples

CODE = machine_code.load(KERNELS)
CANDLES, MORE, PLAN = plan([("candlesticks", ())], []), plan([("more_candlesticks", ())], []), plan()


@st.composite
def grid(draw: st.DrawFn) -> Bars:
    """Bars of few ticks, in cents: bodies, shadows and gaps that are often exactly as long as their threshold."""
    steps = st.tuples(st.integers(-2, 2), st.integers(-4, 4), st.integers(0, 4), st.integers(0, 4))
    shape = np.array(draw(st.lists(steps, min_size=1, max_size=80))) * draw(st.sampled_from([1, 1, 7]))
    opened = 2000 + np.cumsum(shape[:, 0] + np.concatenate([[0], shape[:-1, 1]]))
    close = opened + shape[:, 1]
    high, low = np.maximum(opened, close) + shape[:, 2], np.minimum(opened, close) - shape[:, 3]
    scale = draw(st.sampled_from([0.01, 1.0, 1e-7]))
    made = bars_of(close * scale, np.ones(len(close)))
    return made._replace(open=opened * scale, high=high * scale, low=low * scale)


def test_every_pattern_equals_talib_away_from_thresholds_and_occurs() -> None:
    values = history(CODE, CANDLES, ragged()).values
    values_by_talib, sure = by_talib(ragged())
    for name, mine, theirs, certain in zip(CANDLES.columns, values, values_by_talib, sure, strict=True):
        assert certain.mean() > 0.9, name
        assert np.array_equal(mine[certain], theirs[certain], equal_nan=True), name
        assert np.count_nonzero(mine[12:]) > 0, name


@settings(max_examples=examples(150), deadline=None)
@given(bars=grid())
def test_every_pattern_equals_talib_or_on_ties_the_page(bars: Bars) -> None:
    np.testing.assert_array_equal(history(CODE, CANDLES, bars).values, known(bars))


def ticks(seed: int) -> Bars:
    """Bars of few ticks of a cent in runs: soldiers, crows and tweezers occur too."""
    rng, n = np.random.default_rng([seed, 23]), 400
    run = np.repeat(rng.integers(-1, 2, n // 4), 4)
    opened = 5000.0 + np.cumsum(2 * run + rng.integers(-1, 2, n))
    close = opened + 3 * run + rng.integers(-2, 3, n)
    high = np.maximum(opened, close) + rng.integers(0, 4, n) * (rng.random(n) < 0.4)
    low = np.minimum(opened, close) - rng.integers(0, 4, n) * (rng.random(n) < 0.4)
    cents = [np.asarray(values * 0.01, np.float64) for values in (opened, high, low, close)]
    return bars_of(cents[3], np.ones(n))._replace(open=cents[0], high=cents[1], low=cents[2])


def test_more_candlesticks_equal_talib_and_occur_in_each_direction() -> None:
    ways = {name: set[float]() for name in MORE.columns}
    for bars in (ragged(), *(ticks(seed) for seed in range(12))):
        values = history(CODE, MORE, bars).values
        theirs, sure = oracles_more_candles.by_talib(bars)
        for name, mine, other, certain in zip(MORE.columns, values, theirs, sure, strict=True):
            assert certain.mean() > 0.8, name
            assert np.array_equal(mine[certain], other[certain], equal_nan=True), name
            ways[name] |= set(mine[~np.isnan(mine)].tolist())
    both = {"harami", "tweezers", "three_inside", "marubozu", "spinning_top"}
    down = {"dark_cloud", "black_crows", "gravestone", "hanging_man"}
    assert ways == {name: {0.0} | ({1.0, -1.0} if name in both else {-1.0} if name in down else {1.0}) for name in MORE.columns}


@settings(max_examples=examples(150), deadline=None)
@given(bars=grid())
def test_more_candlesticks_equal_talib_or_on_ties_the_page(bars: Bars) -> None:
    np.testing.assert_array_equal(history(CODE, MORE, bars).values, oracles_more_candles.known(bars))


@pytest.mark.parametrize("name", MORE.columns)
def test_a_condition_names_a_candlestick(name: str) -> None:
    """None runs by default: the condition says which indicator computes its column."""
    assert name not in PLAN.columns
    assert required_indicator(name) == ("more_candlesticks", ())
    bars = ticks(1)
    values = history(CODE, MORE, bars).values
    true = scanned(
        CODE.core, compile_conditions([parse(f"{name} < 0 or {name} > 0 on 1d")], MORE.columns), 0, np.vstack([values, *bars[:5]])
    )
    np.testing.assert_array_equal(true == 1.0, np.nan_to_num(values[MORE.columns.index(name)]) != 0)


@settings(max_examples=20, deadline=None)
@given(power=st.integers(-30, 30))
def test_twice_the_price_gives_the_same_signals(power: int) -> None:
    """Powers of two: nothing is rounded by them, so not one bit of a decision may differ."""
    bars = ragged()
    prices = ("open", "high", "low", "close", "year_high", "year_low")
    scaled = bars._replace(**{name: getattr(bars, name) * 2.0**power for name in prices})
    assert history(CODE, PLAN, scaled).fired.tobytes() == history(CODE, PLAN, bars).fired.tobytes()
