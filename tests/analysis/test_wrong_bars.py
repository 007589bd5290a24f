"""Bars that cannot be: the engine lets none of them in, and no kernel raises, hangs or leaves its arrays on them."""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.analysis.kernels import machine_code
from services.analysis.kernels.closed_bars import adjusted
from services.analysis.kernels.indicators.kind import Bars, Kind
from services.analysis.kernels.indicators.table import KINDS
from services.analysis.kernels.pattern_inputs import pattern_inputs
from services.analysis.kernels.patterns.whole_series import history, no_patterns
from services.analysis.kernels.plan import plan
from services.analysis.live.domain.provided_bars import bars_of_history
from shared.events import History, ProviderBar, Timeframe
from tests.analysis.guarded import Guard
from tests.analysis.market import KERNELS
from tests.analysis.samples import WRONG, wrong
from tests.sizes import examples

CODE, SHAPES = machine_code.load(KERNELS), machine_code.load_patterns(KERNELS)
DEFAULT = plan()


def indicators(kind: Kind, bars: Bars, byte: int) -> tuple[bytes, bytes]:
    """Values and state of a kind, over the series and then bar by bar; all arrays are guarded by ``byte``."""
    of_kind, guard, kernels = plan([(kind.name, example) for example in kind.examples], []), Guard(byte), CODE.of_kind(kind.name)
    series, count = guard.all_inside(bars), len(bars.close)
    out, row = guard.inside(np.zeros((len(of_kind.columns), count))), guard.inside(np.zeros(len(of_kind.columns)))
    states = [guard.inside(np.zeros(of_kind.state_width)) for _ in range(2)]
    kernels.values(of_kind.arrays, series, states[0], out)
    live = np.zeros_like(out)
    for t in range(count):
        kernels.advance_bar(of_kind.arrays, series, t, states[1], False, row)
        kernels.advance_bar(of_kind.arrays, series, t, states[1], True, row)
        live[:, t] = row
    np.testing.assert_array_equal(live, out)
    assert guard.is_intact()
    return out.tobytes(), states[0].tobytes()


def default_plan(bars: Bars, byte: int) -> tuple[bytes, bytes]:
    """Values and fired rules of the default plan, likewise."""
    guard, count = Guard(byte), len(bars.close)
    out, fired = np.zeros((len(DEFAULT.columns), count)), np.zeros((len(DEFAULT.rules), count), np.int8)
    out, fired, state = guard.inside(out), guard.inside(fired), guard.inside(np.zeros(DEFAULT.state_width))
    runs = guard.inside(np.ones(len(DEFAULT.rules), np.uint8))
    CODE.core.history(DEFAULT.arrays, guard.all_inside(bars), state, out, runs, fired)
    assert np.isin(fired, (-1, 0, 1)).all()
    assert guard.is_intact()
    return out.tobytes(), fired.tobytes()


def shapes(bars: Bars, byte: int) -> bytes:
    """Events of chart patterns, likewise."""
    guard, time = Guard(byte), np.arange(len(bars.close), dtype=np.int64)
    prices = guard.all_inside(pattern_inputs(CODE, bars, time))
    events = history(SHAPES, guard.all_inside(no_patterns()), prices)
    assert guard.is_intact()
    return events.tobytes()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_no_indicator_raises_or_leaves_its_arrays(kind: Kind) -> None:
    for seed in range(examples(16)):
        bars = wrong(seed)
        assert indicators(kind, bars, 0x7E) == indicators(kind, bars, 0xC1), seed


@pytest.mark.parametrize("seed", range(examples(40)))
def test_no_rule_and_no_chart_pattern_raises_or_leaves_its_arrays(seed: int) -> None:
    bars = wrong(seed)
    assert default_plan(bars, 0x7E) == default_plan(bars, 0xC1)
    assert shapes(bars, 0x7E) == shapes(bars, 0xC1)


def test_an_access_outside_is_detected() -> None:
    @numba.njit
    def reads(values: Any, out: Any) -> None:
        out[0] = values[values.shape[0] + 2]

    @numba.njit
    def writes(values: Any) -> None:
        values[values.shape[0]] = 1.0

    results, guard = [], Guard(0)
    for byte in (0x7E, 0xC1):
        out = np.zeros(1)
        reads(Guard(byte).inside(np.zeros(3)), out)
        results.append(out.tobytes())
    assert results[0] != results[1]
    writes(guard.inside(np.zeros(3)))
    assert not guard.is_intact()


amounts = st.sampled_from((*WRONG, 100.0, 101.0, 99.0)) | st.floats(width=64)


@settings(max_examples=examples(300), deadline=None)
@given(values=st.tuples(amounts, amounts, amounts, amounts, amounts), factors=st.tuples(amounts, amounts))
def test_history_accepts_valid_bars_only(values: tuple[float, ...], factors: tuple[float, float]) -> None:
    names = ("open", "high", "low", "close", "volume")
    prices: dict[str, Any] = dict(zip(names, values, strict=True))
    bar = ProviderBar(ts_open=1, ts_close=2, price_factor=factors[0], split_factor=factors[1], **prices)
    message = History(symbol="A", exchange="NYSE", timeframe=Timeframe.D1, bars=(bar,), ts_event=2, ts_init=2, source="provider")
    bars = bars_of_history([message], 2)
    possible = all(0 < price <= 1e9 for price in values[:4]) and 0 <= values[4] < math.inf
    sane = all(0 < factor < math.inf for factor in factors)
    assert len(bars) <= (possible and sane)
    inputs = adjusted(bars)
    for o, h, l, c, v in zip(inputs.open, inputs.high, inputs.low, inputs.close, inputs.volume, strict=True):
        assert np.isfinite([o, h, l, c, v]).all()
        assert 0 < l <= min(o, c) <= max(o, c) <= h
        assert v >= 0
