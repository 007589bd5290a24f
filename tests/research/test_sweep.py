"""Sweeps give the figures of the whole simulation and its metrics, and their signals are those of the rules and conditions."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from services.analysis.kernels.conditions.programs import compile_conditions
from services.analysis.research.backtest.machine_code import BacktestKernels
from services.analysis.research.backtest.orders import Costs
from services.analysis.research.backtest.prices import single
from services.analysis.research.backtest.simulation import simulate
from services.analysis.research.backtest.sweep import METRICS
from services.analysis.research.backtest.sweeping import sweep_prices, sweep_terms, work_space
from services.analysis.research.metrics.performance import Performance
from services.analysis.research.metrics.table import METRICS as TABLE
from shared.conditions import parse

JITTED = os.environ.get("NUMBA_DISABLE_JIT") != "1"
COSTS = Costs(commission_bp=7, slippage_bp=3)
NAMES = ("sma_20", "rsi_14", "open", "high", "low", "close", "volume")


def bars(rng: np.random.Generator, n: int) -> tuple[np.ndarray, ...]:
    close = np.round(100 * np.exp(np.cumsum(rng.normal(0, 0.03, n))), 2)
    open_ = np.round(close * (1 + rng.normal(0, 0.01, n)), 2)
    return open_, np.maximum(open_, close), np.minimum(open_, close), close


def average(close: np.ndarray, n: int) -> np.ndarray:
    found = np.full(len(close), np.nan)
    found[n - 1 :] = np.convolve(close, np.ones(n) / n, "valid")
    return found


def figures(kernels: BacktestKernels, prices: tuple[np.ndarray, ...], entry: np.ndarray, exit_: np.ndarray) -> list[float]:
    """The metrics of the whole simulation; NaN for none."""
    found = simulate(
        kernels, single(*prices), entry.astype(np.int8)[:, None], -exit_.astype(np.int8)[:, None], costs=COSTS, periods=365.0
    )
    run = Performance.of(found)
    known = {metric.name: metric.compute(run) for metric in TABLE}
    return [np.nan if (value := known[name]) is None else float(value) for name in METRICS]


@pytest.mark.parametrize("n", [3, 16, 17, 100, 333])
def test_crossings_of_averages(backtest_kernels: BacktestKernels, n: int) -> None:
    rng = np.random.default_rng(n)
    prices = bars(rng, n)
    averages = np.array([average(prices[3], length) if length <= n else np.full(n, np.nan) for length in (1, 2, 3, 5, 8, 13)])
    fast, slow = (each.ravel() for each in np.meshgrid(np.arange(6), np.arange(6)))
    out = np.empty((36, len(METRICS)))
    swept = sweep_prices(backtest_kernels, prices[0], prices[3])
    backtest_kernels.sweep_averages(swept, averages, fast, slow, work_space(n), sweep_terms(COSTS, 365.0), out)
    for k in range(36):
        a, b = averages[fast[k]], averages[slow[k]]
        up, down = np.zeros(n, bool), np.zeros(n, bool)
        same = 1e-9 * np.maximum(abs(a), abs(b))
        up[1:] = (a - b > same)[1:] & (a - b <= same)[:-1]
        down[1:] = (a - b < -same)[1:] & (a - b >= -same)[:-1]
        wanted = figures(backtest_kernels, prices, up, down)
        np.testing.assert_allclose(out[k], wanted, rtol=1e-7, atol=1e-9, err_msg=f"pair {k}")
    if n > 50:
        assert (out[:, METRICS.index("trades")] > 5).sum() > 10


def test_any_conditions(backtest_kernels: BacktestKernels) -> None:
    n = 250
    rng = np.random.default_rng(5)
    prices = bars(rng, n)
    values = np.array([average(prices[3], 20), rng.random(n) * 100, *prices, rng.random(n)])
    texts = ["rsi_14 < 30", "close > sma_20", "rsi_14 > 70 or close < sma_20", "open crosses above sma_20", "volume < 0"]
    programs = compile_conditions([parse(text) for text in texts], NAMES[:2])
    entries, exits = (each.ravel() for each in np.meshgrid(np.arange(5), np.arange(5)))
    out, work = np.empty((25, len(METRICS))), work_space(n)
    swept, stack = sweep_prices(backtest_kernels, prices[0], prices[3]), np.empty((programs.depth, 64))
    backtest_kernels.sweep_programs(
        swept, programs.arrays, entries, exits, values, stack, work, sweep_terms(COSTS, 365.0), out
    )  # fmt: skip
    held = {"rsi_14 < 30": values[1] < 30, "close > sma_20": prices[3] > values[0], "volume < 0": np.zeros(n, bool)}
    for k in range(25):
        entry, leave = texts[entries[k]], texts[exits[k]]
        if entry in held and leave in held:
            wanted = figures(backtest_kernels, prices, held[entry], held[leave])
            np.testing.assert_allclose(out[k], wanted, rtol=1e-7, atol=1e-9, err_msg=f"{entry} / {leave}")
    assert out[:, METRICS.index("trades")].max() > 10


def test_the_shared_folder_holds_the_compiled_module(backtest_kernels: BacktestKernels) -> None:
    file = Path(str(vars(backtest_kernels)["__file__"]))
    assert file.parent.name == "kernels"
    assert not JITTED or list((file.parent / "__pycache__").glob(f"{file.stem}.simulate-*.nbi"))
