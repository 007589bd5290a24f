"""Every indicator in the table, with every example: warm-up, equality, live = peek = history, snapshots, windows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.analysis.kernels import machine_code
from services.analysis.kernels.indicators.kind import MAX_LOOKBACK, Bars, Kind, Parameters
from services.analysis.kernels.indicators.table import KINDS
from services.analysis.kernels.plan import INDICATORS, Plan, plan
from services.analysis.kernels.whole_series import history
from services.analysis.live.domain.layout import KEEP, WINDOW
from shared.conditions import ConditionError
from shared.conditions.vocabulary import IndicatorColumns, resolve, vocabulary
from tests.analysis.market import KERNELS
from tests.analysis.oracles import ORACLES, TALIB, scale
from tests.analysis.samples import bars_of, drawn, hostile, real
from tests.sizes import THOROUGH, examples

CASES = [(kind, example) for kind in KINDS for example in kind.examples]
each_kind = pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
CODE = machine_code.load(KERNELS)
PLANS = {kind.name: plan([(kind.name, example) for example in kind.examples], []) for kind in KINDS}


def values_of(kind: Kind, example: Parameters, bars: Bars) -> np.ndarray:
    return history(CODE, plan([(kind.name, example)], []), bars).values


def agree(got: np.ndarray, want: list[np.ndarray], scale: float, why: str) -> None:
    assert len(got) == len(want)
    np.testing.assert_array_equal(np.isnan(got), np.isnan(want), err_msg=f"{why}: not a number elsewhere")
    np.testing.assert_allclose(got, np.array(want), rtol=1e-9, atol=1e-9 * scale, err_msg=why)


def live(
    plans: Mapping[str, Plan], bars: Bars, states: Mapping[str, np.ndarray], start: int = 0, *, peeks: bool = False
) -> dict[str, np.ndarray]:
    """Of each kind (columns, bars) from ``start`` on, bar by bar; with ``peeks`` other prices are looked at before a bar closes."""
    prices = np.array([values for name, values in bars._asdict().items() if name != "session"])
    filled, session = np.zeros_like(prices), np.zeros_like(bars.session)  # later bars are 0
    filled[:, :start], session[:start] = prices[:, :start], bars.session[:start]
    *ohlcv, year_high, year_low = filled
    known = Bars._make((*ohlcv, session, year_high, year_low))
    rows = {kind: np.empty((len(bars.close) - start, len(chosen.columns))) for kind, chosen in plans.items()}
    runs = [(CODE.of_kind(kind).advance_bar, chosen.arrays, states[kind], rows[kind]) for kind, chosen in plans.items()]
    for t in range(start, len(bars.close)):
        for close in (False, True) if peeks else (True,):
            filled[:, t], session[t] = (1 if close else 2) * prices[:, t], (1 if close else 2) * bars.session[t]
            for advance_bar, arrays, state, out in runs:
                advance_bar(arrays, known, t, state, close, out[t - start])
    return {kind: out.T for kind, out in rows.items()}


@each_kind
def test_it_starts_at_its_warm_up(kind: Kind) -> None:
    bars = hostile()["wild"]
    for example in kind.examples:
        for name, column, first in zip(kind.names(example), values_of(kind, example, bars), kind.warm_up(*example), strict=True):
            start = int(np.argmax(~np.isnan(column)))
            assert first in (None, start), f"{name} starts at {start}, not {first}"
            assert not np.isnan(column[start:]).any(), f"{name} has holes"


@each_kind
def test_it_reads_no_further_back_than_its_lookback(kind: Kind) -> None:
    bars = hostile()["wild"]
    t = len(bars.close) - 1
    for example in kind.examples:
        back, chosen = int(kind.lookback(*example)), plan([(kind.name, example)], [])
        assert back <= MAX_LOOKBACK
        state = history(CODE, chosen, Bars._make(values[:t] for values in bars)).state
        forgotten = Bars._make(values.copy() for values in bars)
        for name, values in forgotten._asdict().items():
            if name != "session":
                values[: t - back] = np.nan
        found, expected = (live({kind.name: chosen}, known, {kind.name: state.copy()}, t) for known in (forgotten, bars))
        np.testing.assert_array_equal(found[kind.name], expected[kind.name], err_msg=f"{kind.name}{example}")


MOST_DIFFERENT = ("wild", "still, then moving, again and again", "volume comes and goes", "one spike", "a session a bar", "one bar")
"""The series for ``make test``; ``make test-thorough`` takes all."""


def tried(kind: Kind, series: Mapping[str, Bars], few: Collection[str]) -> Iterator[tuple[Parameters, str, Bars]]:
    """The first example on all series, the others on ``few``; in a thorough run all on all."""
    for example, (name, bars) in product(kind.examples, series.items()):
        if THOROUGH or example == kind.examples[0] or name in few:
            yield example, name, bars


@each_kind
def test_it_equals_its_oracle_on_real_bars(kind: Kind) -> None:
    oracle = (TALIB if kind.name in TALIB else ORACLES)[kind.name]
    for example, name, bars in tried(kind, real(), ("AIG 1d", "AIG 1m")):
        agree(values_of(kind, example, bars), oracle(bars, *example), 1e-4 * scale(kind, bars), f"{example} {name}")


@each_kind
def test_it_equals_its_oracle_on_hostile_bars(kind: Kind) -> None:
    for example, name, bars in tried(kind, hostile(), MOST_DIFFERENT):
        agree(values_of(kind, example, bars), ORACLES[kind.name](bars, *example), scale(kind, bars), f"{example} {name}")


@settings(max_examples=examples(60), deadline=None)
@given(bars=drawn(), case=st.sampled_from(CASES))
def test_it_equals_its_oracle_on_ties(bars: Bars, case: tuple[Kind, Parameters]) -> None:
    kind, example = case
    agree(values_of(kind, example, bars), ORACLES[kind.name](bars, *example), scale(kind, bars), kind.name)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in MOST_DIFFERENT else pytest.mark.thorough) for name in hostile()]
)
def test_live_with_peeks_and_history_are_the_same_bits(name: str) -> None:
    bars, states = hostile()[name], {kind: np.zeros(chosen.state_width) for kind, chosen in PLANS.items()}
    found = live(PLANS, bars, states, peeks=True)
    for kind, chosen in PLANS.items():
        past = history(CODE, chosen, bars)
        assert found[kind].tobytes() == past.values.tobytes(), kind
        assert states[kind].tobytes() == past.state.tobytes(), kind


@settings(max_examples=examples(40), deadline=None)
@given(bars=drawn(), data=st.data())
def test_a_snapshot_continues_without_a_difference(bars: Bars, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(bars.close)))
    first = Bars._make(values[:cut] for values in bars)
    saved = {kind: history(CODE, chosen, first).state.tobytes() for kind, chosen in PLANS.items()}
    states = {kind: np.frombuffer(state).copy() for kind, state in saved.items()}
    rest = live(PLANS, bars, states, cut)
    for kind, chosen in PLANS.items():
        whole = history(CODE, chosen, bars)
        assert rest[kind].tobytes() == whole.values[:, cut:].tobytes(), kind
        assert states[kind].tobytes() == whole.state.tobytes(), kind


@pytest.mark.parametrize("name", ["wild", "stairs down", "a session a bar"])
def test_moving_a_window_changes_no_value(name: str) -> None:
    bars = hostile()[name]
    found = in_windows(PLANS, bars, MAX_LOOKBACK + 20, MAX_LOOKBACK)
    for kind, chosen in PLANS.items():
        assert found[kind].tobytes() == history(CODE, chosen, bars).values.tobytes(), kind


def in_windows(plans: Mapping[str, Plan], bars: Bars, length: int, keep: int, *, spare: int = 0) -> dict[str, np.ndarray]:
    """Of each kind (columns, bars), bar by bar in a window that moves on to its last ``keep`` bars when ``spare`` are free."""
    rows = {kind: np.empty((len(bars.close), len(chosen.columns))) for kind, chosen in plans.items()}
    runs = [
        (CODE.of_kind(kind).advance_bar, chosen.arrays, np.zeros(chosen.state_width), rows[kind]) for kind, chosen in plans.items()
    ]
    window, held = Bars._make(np.zeros(length, values.dtype) for values in bars), 0
    for t in range(len(bars.close)):
        if held == length - spare:
            for values in window:
                values[:keep] = values[held - keep : held].copy()
                values[keep:] = -1
            held = keep
        for mine, theirs in zip(window, bars, strict=True):
            mine[held] = theirs[t]
        for advance_bar, arrays, state, out in runs:
            advance_bar(arrays, window, held, state, True, out[t])
        held += 1
    return {kind: out.T for kind, out in rows.items()}


def test_an_average_does_not_drift_in_two_million_bars() -> None:
    rng = np.random.default_rng(3)
    n = 2_000_000
    close, volume = (
        50_000 + rng.normal(0, 1, n).cumsum() % 1000,
        rng.integers(0, 10**9, n).astype(float) * np.where(np.arange(n) % 1000 < 10, 1e3, 1e-3),
    )
    bars = Bars(close, close, close, close, volume, np.zeros(n, np.int64), close, close)
    got = history(CODE, plan([("sma", (200,)), ("volume_sma", (20,)), ("bollinger", (20, 2)), ("wma", (200,))], []), bars).values[
        :, -1
    ]
    assert got[0] == pytest.approx(np.mean(close[-200:]), rel=1e-12)
    assert got[1] == pytest.approx(np.mean(volume[-20:]), rel=1e-12)
    assert got[2] - got[3] == pytest.approx(2 * np.std(close[-20:]), rel=1e-9)
    assert got[6] == pytest.approx(np.average(close[-200:], weights=np.arange(1, 201)), rel=1e-12)


@pytest.mark.parametrize("name", ["wma", "kama", "mfi", "ultimate"])
def test_a_running_sum_keeps_no_error_of_values_that_left_it(name: str) -> None:
    walk = 100 * np.exp(np.cumsum(np.random.default_rng(5).normal(0, 0.01, 200)))
    close = np.concatenate([walk, [1e11 / 3], 1.1 * walk, np.full(30, walk[-1])])
    bars, kind = bars_of(close, np.arange(1.0, len(close) + 1), wide=0.0), next(kind for kind in KINDS if kind.name == name)
    for example in kind.examples:
        agree(values_of(kind, example, bars), ORACLES[name](bars, *example), scale(kind, bars), name)


def test_another_parameter_compiles_nothing() -> None:
    loops: Any = CODE.core
    own: Any = CODE.of_kind("wma")
    bars = hostile()["wild"]
    for chosen in (plan(), plan([("rsi", (14,)), ("wma", (9,))], [])):
        history(CODE, chosen, bars)
    before = list(loops.history.signatures), list(loops.values.signatures), list(own.values.signatures)
    for periods in ((21,), (7,)):
        history(CODE, plan([("rsi", periods), ("wma", periods), ("sma", periods), ("macd", (5, 35, 5))], []), bars)
    assert (loops.history.signatures, loops.values.signatures, own.values.signatures) == before


def test_kinds_and_parameters_have_distinct_column_names() -> None:
    everything = plan([(kind.name, example) for kind, example in CASES], [])
    assert len(everything.columns) == sum(len(kind.columns) for kind, _ in CASES)
    assert {name for name, _ in INDICATORS} <= {kind.name for kind in KINDS}


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        (("astrology", (5,)), "not known"),
        (("sma", (0,)), "whole number"),
        (("sma", (2.5,)), "whole number"),
        (("sma", (10_000,)), "whole number"),
        (("sma", (float("nan"),)), "whole number"),
        (("sma", (5, 6)), "takes"),
        (("macd", (26, 12, 9)), "shorter"),
        (("stochastic", (14, 21, 3)), "whole number"),
        (("kama", (10, 30, 2)), "fast must be shorter than slow, not 30 to 2"),
        (("kama", (501, 2, 30)), "500, not 501"),
        (("ichimoku", (9, 52, 26)), "must not get shorter, not 9, 52, 26"),
        (("keltner", (20, 10, float("nan"))), "width must be above 0 .* not nan"),
        (("supertrend", (10, 0)), "width must be above 0 .* not 0"),
        (("hma", (1,)), "whole number from 2 to"),
        (("alma", (9, 1.5, 6)), "offset must be above 0 and at most 1, not 1.5"),
        (("awesome", (34, 5)), "fast must be shorter than slow, not 34 to 5"),
        (("accelerator", (5, 10_000, 5)), "whole number from 1 to .*, not 10000"),
        (("stc", (23, 50, 51)), "cycle must be a whole number from 2 to 50, not 51"),
        (("connors_rsi", (3, 2, 10_000)), "rank must be a whole number from 1 to .*, not 10000"),
        (("hurst", (63,)), "whole number from 64 to"),
        (("ichimoku_cloud", (9, 26, 490)), "kijun and senkou must be at most 512 bars together, not 26 and 490"),
        (("bandwidth_low", (20, 2, 500)), "period and bars must be at most 512 bars together, not 20 and 500"),
        (("coppock", (14, 500, 13)), "short and smoothing must be at most 512 bars together, not 500 and 13"),
        (("zigzag", (float("nan"),)), "percent must be above 0 .* not nan"),
        (("vwap_date", (1969, 1, 1, 2)), "year must be a whole number from 1970 to 2100, not 1969"),
        (("vwap_date", (2024, 13, 1, 2)), "month must be a whole number from 1 to 12, not 13"),
        (("sar", (0.3, 0.2)), "acceleration must be above 0 and at most 0.2, not 0.3"),
        (("sar", (0.3, float("inf"))), "maximum must be above 0 and at most 1, not inf"),
    ],
)
def test_an_invalid_indicator_spec_is_refused(spec: tuple[str, Parameters], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        plan([spec], [])


def test_two_columns_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="same name"):
        plan([("sma", (20,)), ("sma", (20,))], [])


LONGEST = [("sma", (500,)), ("bollinger", (500, 2)), ("donchian", (500,)), ("stochastic", (500, 20, 20))]


def longest(columns: IndicatorColumns) -> Plan:
    """One indicator of a kind with the longest parameters that the vocabulary accepts."""
    below = {order.lower for order in columns.orders if order.strict}
    pairs = list(zip(columns.parameters, columns.usual, strict=True))
    values = {p.name: p.most - (p.name in below and p.most == 500) if p.whole else usual for p, usual in pairs}
    for both in columns.sums:
        values[both.second] = min(values[both.second], both.most - values[both.first])
    return plan([(columns.kind, tuple(values.values()))], [])


LONG_KINDS = [each for each in vocabulary() if each.parameters]


@cache
def long_bars() -> Bars:
    return Bars._make(np.concatenate([values, values[::-1], values])[: 2 * WINDOW] for values in hostile()["wild"])


@cache
def longest_in_windows() -> tuple[dict[str, Plan], dict[str, np.ndarray]]:
    plans = {columns.kind: longest(columns) for columns in LONG_KINDS}
    return plans, in_windows(plans, long_bars(), WINDOW, KEEP, spare=3)


@pytest.mark.parametrize("kind", [columns.kind for columns in LONG_KINDS])
def test_the_longest_periods_fit_the_windows_of_live(kind: str) -> None:
    plans, found = longest_in_windows()
    assert found[kind].tobytes() == history(CODE, plans[kind], long_bars()).values.tobytes()


def test_periods_go_up_to_500_bars() -> None:
    most = {(kind.kind, p.name): p.most for kind in vocabulary() for p in kind.parameters if p.whole}
    smoothing = {(kind, name): 20 for kind in ("stochastic", "stoch_rsi") for name in ("slowing", "signal")}
    windows_in_windows = {  # both together reach as far back as the longest
        ("hma", "period"): 492, ("ulcer", "period"): 256, ("fractals", "side"): 256, ("stc", "cycle"): 50,
        ("ichimoku_cloud", "tenkan"): 256, ("ichimoku_cloud", "kijun"): 256,
    }  # fmt: skip
    dates = {("vwap_date", "month"): 12, ("vwap_date", "day"): 31}
    assert {key: value for key, value in most.items() if value < 499} == smoothing | windows_in_windows | dates


def test_a_name_beyond_what_its_parameters_may_be_together_is_refused() -> None:
    sums = {(each.kind, both.first, both.second): both.most for each in vocabulary() for both in each.sums}
    assert sums == {
        ("bandwidth_low", "period", "bars"): 512, ("accelerator", "slow", "signal"): 512, ("coppock", "long", "smoothing"): 512,
        ("coppock", "short", "smoothing"): 512, ("chande_kroll", "period", "stop"): 512, ("ichimoku_cloud", "kijun", "senkou"): 512,
    }  # fmt: skip
    assert resolve("coppock_500_500_12").parameters == (500.0, 500.0, 12.0)
    with pytest.raises(ConditionError, match="coppock_100_500_13: short and smoothing must be at most 512 together"):
        resolve("coppock_100_500_13")


def test_the_longest_averages_equal_numpy() -> None:
    close = 100 + np.random.default_rng(6).normal(0, 1, 1600).cumsum()
    bars = bars_of(close, np.ones(1600))
    chosen = plan(LONGEST, [])
    values = dict(zip(chosen.columns, history(CODE, chosen, bars).values, strict=True))
    windows = np.lib.stride_tricks.sliding_window_view(close, 500)
    np.testing.assert_allclose(values["sma_500"][499:], windows.mean(axis=1), rtol=1e-12)
    np.testing.assert_allclose(values["bb_upper_500_2"][499:], windows.mean(axis=1) + 2 * windows.std(axis=1), rtol=1e-10)
    assert np.isnan(values["sma_500"][:499]).all()
    low, high = (np.lib.stride_tricks.sliding_window_view(each, 500) for each in (bars.low, bars.high))
    raw = 100 * (close[499:] - low.min(axis=1)) / (high.max(axis=1) - low.min(axis=1))
    k = np.lib.stride_tricks.sliding_window_view(raw, 20).mean(axis=1)
    np.testing.assert_allclose(values["stoch_k_500_20_20"][500 + 37 :], k[19:], rtol=1e-9, atol=1e-9)
    d = np.lib.stride_tricks.sliding_window_view(k, 20).mean(axis=1)
    np.testing.assert_allclose(values["stoch_d_500_20_20"][500 + 37 :], d, rtol=1e-9, atol=1e-9)
