"""Candlesticks beside TA-Lib on bars of every shape, also on ties; and rules that do not know in which money a price is."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from services.analysis.kernels import machine_code
from services.analysis.kernels.indicators.kind import Bars
from services.analysis.kernels.plan import plan
from services.analysis.kernels.whole_series import history
from tests.analysis.market import KERNELS
from tests.analysis.oracles_candles import by_talib, known
from tests.analysis.samples import bars_of, ragged

CODE = machine_code.load(KERNELS)
CANDLES, PLAN = plan([("candlesticks", ())], []), plan()


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


@settings(max_examples=150, deadline=None)
@given(bars=grid())
def test_every_pattern_equals_talib_or_on_ties_the_page(bars: Bars) -> None:
    np.testing.assert_array_equal(history(CODE, CANDLES, bars).values, known(bars))


@settings(max_examples=20, deadline=None)
@given(power=st.integers(-30, 30))
def test_twice_the_price_gives_the_same_signals(power: int) -> None:
    """Powers of two: nothing is rounded by them, so not one bit of a decision may differ."""
    bars = ragged()
    prices = ("open", "high", "low", "close", "year_high", "year_low")
    scaled = bars._replace(**{name: getattr(bars, name) * 2.0**power for name in prices})
    assert history(CODE, PLAN, scaled).fired.tobytes() == history(CODE, PLAN, bars).fired.tobytes()
