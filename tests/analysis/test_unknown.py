"""Where an indicator would divide by 0 it has no value, and nothing fires on it: in history, live, and in conditions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.analysis.kernels import machine_code
from services.analysis.kernels.conditions.programs import compile_conditions, scanned
from services.analysis.kernels.indicators.kind import Bars
from services.analysis.kernels.indicators.table import KINDS
from services.analysis.kernels.plan import INDICATORS, plan
from services.analysis.kernels.whole_series import history
from shared.conditions import parse
from tests.analysis.market import KERNELS
from tests.analysis.samples import bars_of, drawn
from tests.sizes import examples

CODE = machine_code.load(KERNELS)
EVERY = plan([*INDICATORS, *((kind.name, kind.examples[0]) for kind in KINDS if kind.name not in dict(INDICATORS))])
N = 300
RATIOS = (
    "rsi_14", "cmo_14", "stoch_k_14", "stoch_d_14", "williams_r_14", "cci_20", "mfi_14", "ultimate",
    "adx_14", "plus_di_14", "minus_di_14", "aroon_up_14", "aroon_down_14", "aroon_oscillator_14",
    "supertrend", "supertrend_direction", "bb_width_20", "bb_width_low_120", "cdl_doji", "ad_line", "ad_oscillator",
)  # fmt: skip
"""What a price that never moved has no value of."""
WINDOWS = (
    "stoch_k_14", "stoch_d_14", "williams_r_14", "cci_20", "mfi_14", "ultimate",
    "aroon_up_14", "aroon_down_14", "aroon_oscillator_14", "bb_width_20", "cdl_doji",
)  # fmt: skip
"""Of these, what a price that moves no more has no value of after 30 bars."""
OF_VOLUME = (
    "obv",
    "volume_sma_20",
    "mfi_14",
    "ad_line",
    "ad_oscillator",
    "vwap",
    "session_poc",
    "session_value_low",
    "session_value_high",
)
RULES = (
    "rsi_overbought",
    "rsi_oversold",
    "rsi_mid",
    "stochastic_cross",
    "adx_trend",
    "squeeze",
    "doji_at_band",
    "volume_surge",
    "volume_dry",
)
VOLUME = np.arange(1.0, N + 1)


def values(bars: Bars) -> dict[str, np.ndarray]:
    return dict(zip(EVERY.columns, history(CODE, EVERY, bars).values, strict=True))


def fires(bars: Bars) -> dict[str, np.ndarray]:
    """The bars on which each of the rules that divide fires."""
    fired = history(CODE, EVERY, bars).fired
    return {rule.name: np.flatnonzero(fired[j]) for j, rule in enumerate(EVERY.rules) if rule.name in RULES}


def true(text: str, bars: Bars) -> np.ndarray:
    """Where a condition is true."""
    past = history(CODE, EVERY, bars).values
    return np.flatnonzero(
        scanned(CODE.core, compile_conditions([parse(text)], EVERY.columns), 0, np.vstack([past, *bars[:5]])) == 1.0
    )


def locked(still: int = 150, after: int = 0) -> Bars:
    """A rally of a fifth, then no move, then a walk."""
    rng = np.random.default_rng(3)
    rally = 100 * 1.006 ** np.arange(N - still - after)
    walk = rally[-1] * np.exp(np.cumsum(rng.normal(0, 0.02, after)))
    return bars_of(np.concatenate([rally, np.full(still, rally[-1]), walk]), VOLUME, wide=0.0)


@pytest.mark.parametrize("price", [100.0, 1e-6, 0.0, -5.0])
def test_a_constant_price_has_no_strength_and_fires_nothing(price: float) -> None:
    bars = bars_of(np.full(N, price), VOLUME, wide=0.0)
    for name, column in values(bars).items():
        assert not (name in RATIOS and np.isfinite(column).any()), name
    assert not any(len(fired) for fired in fires(bars).values())
    for name in RATIOS:
        for text in (f"{name} < 30", f"{name} >= -200", f"not {name} > 1e9", f"{name} == {name}"):
            assert not len(true(text, bars)), text


def test_without_volume_its_mean_and_its_flow_are_unknown() -> None:
    bars = bars_of(100 * np.exp(np.cumsum(np.random.default_rng(1).normal(0, 0.02, N))), np.zeros(N))
    for name in OF_VOLUME:
        assert np.isnan(values(bars)[name]).all(), name
    for text in ("mfi_14 < 20", "volume >= 2 * volume_sma_20", "volume / volume_sma_20 < 1", "obv >= prev(obv)", "not ad_line > 0"):
        assert not len(true(text, bars)), text
    assert not len(fires(bars)["volume_surge"])
    assert not len(fires(bars)["volume_dry"])


def test_a_constant_price_after_a_rally_has_no_place_in_a_range() -> None:
    bars = locked()
    first = N - 150
    for name in WINDOWS:
        column = values(bars)[name]
        assert np.isnan(column[first + 30 :]).all(), name
        assert np.isfinite(column[first - 20 : first]).all(), name
    for name, fired in fires(bars).items():
        assert not (fired > first + 30).any(), name
    assert not (true("stoch_k_14 < 20 or mfi_14 < 20 or williams_r_14 > -20 or bb_width_20 < 0.01", bars) > first + 30).any()


def test_below_zero_all_but_shares_of_the_price_is_known_once_it_moves() -> None:
    close = np.concatenate([np.full(60, -5.0), -5.0 - np.cumsum(0.01 + np.random.default_rng(2).random(60) / 10)])
    found = values(bars_of(close, VOLUME[:120], wide=0.0))
    for name in ("rsi_14", "cmo_14", "stoch_k_14", "williams_r_14", "mfi_14", "ultimate", "adx_14", "aroon_up_14", "supertrend"):
        assert np.isfinite(found[name][-20:]).all(), name
    assert found["rsi_14"][-1] == 0
    assert found["adx_14"][-1] == pytest.approx(100)


def test_all_values_are_known_again_after_a_move() -> None:
    bars = locked(still=150, after=100)
    for name, column in values(bars).items():
        assert not (name in RATIOS and np.isnan(column[-60:]).any()), name
    assert any((fired > N - 100).any() for fired in fires(bars).values())
    row = dict.fromkeys(WINDOWS, 0)
    for name in row:
        again = int(np.flatnonzero(np.isfinite(values(bars)[name][N - 100 :]))[0])
        assert again <= 12, f"{name} waits for {again} bars"


@pytest.mark.parametrize("name", ["stoch_k_14", "stoch_d_14"])
def test_a_mean_is_unknown_as_long_as_one_of_its_values_is(name: str) -> None:
    """One bar with a range: the range is known at once, its mean of 3 after 3 bars, the mean of 3 means after 5."""
    close = np.concatenate([np.full(60, 100.0), np.full(60, 101.0)])
    column = values(bars_of(close, VOLUME[:120], wide=0.0))[name]
    waits = 2 if name == "stoch_k_14" else 4
    assert np.isnan(column[: 60 + waits]).all()
    assert np.isfinite(column[60 + waits : 73]).all()
    assert np.isnan(column[75:]).all()


@settings(max_examples=examples(60), deadline=None)
@given(bars=drawn())
def test_known_values_of_valid_bars_are_within_their_bounds(bars: Bars) -> None:
    found = values(bars)
    for names, low, high in (
        (("rsi_14", "stoch_k_14", "stoch_d_14", "mfi_14", "adx_14", "plus_di_14", "minus_di_14", "ultimate"), 0, 100),
        (("aroon_up_14", "aroon_down_14"), 0, 100),
        (("williams_r_14",), -100, 0),
        (("cmo_14", "aroon_oscillator_14"), -100, 100),
    ):
        for name in names:
            known = found[name][np.isfinite(found[name])]
            assert ((known >= low - 1e-7) & (known <= high + 1e-7)).all(), name
    assert not any(np.isinf(column).any() for column in found.values())


@settings(max_examples=40, deadline=None)
@given(bars=drawn(), still=st.integers(31, 200), data=st.data())
def test_constant_prices_fire_no_rule_that_divides_by_a_range(bars: Bars, still: int, data: st.DataObject) -> None:
    """Wherever it begins. Wilder's means of what moved before are known for some time yet; what they fire is no matter here."""
    cut = data.draw(st.integers(1, len(bars.close)))
    close = np.concatenate([bars.close[:cut], np.full(still, bars.close[cut - 1])])
    whole = bars_of(close, np.concatenate([bars.volume[:cut], np.ones(still)]), wide=0.0)
    fired = fires(whole)
    for name in ("stochastic_cross", "squeeze", "doji_at_band"):
        assert not (fired[name] >= cut + 30).any(), name
