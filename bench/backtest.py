"""Backtests: a grid of averages beside vectorbt, any conditions, and a portfolio from one account."""

from __future__ import annotations

import importlib.util
import time
from pathlib import Path
from typing import Any

import numpy as np

from bench.engine import LENGTH, SYMBOLS, best_of, series
from bench.result import BenchmarkResult
from services.analysis.kernels import machine_code
from services.analysis.kernels.conditions.programs import compile_conditions
from services.analysis.kernels.indicators.kind import Bars
from services.analysis.kernels.plan import plan
from services.analysis.kernels.whole_series import history
from services.analysis.research.backtest.machine_code import BacktestKernels, load_backtest
from services.analysis.research.backtest.orders import Costs, Orders, Sizing
from services.analysis.research.backtest.prices import Prices
from services.analysis.research.backtest.simulation import simulate
from services.analysis.research.backtest.sweep import METRICS
from services.analysis.research.backtest.sweeping import sweep_prices, sweep_terms, work_space
from services.analysis.research.metrics.performance import Performance
from services.analysis.research.metrics.table import compute
from shared.conditions import parse

FAST, SLOW = range(5, 55), range(55, 105)
PAIRS = len(FAST) * len(SLOW)
COLUMNS = ("rsi_14", "sma_200", "volume_sma_20")
CONDITIONS = 200
FOLDER = Path(".cache/kernels")


def rows() -> list[BenchmarkResult]:
    """All rows."""
    kernels, bars = load_backtest(FOLDER), series()
    return [_grid(kernels, bars), _conditions(kernels, bars[0]), *_portfolio(kernels, bars)]


def _grid(kernels: BacktestKernels, bars: list[Bars]) -> BenchmarkResult:
    code, work, terms = machine_code.load(FOLDER), work_space(LENGTH), sweep_terms(Costs(), 252.0)
    averages = plan([("sma", (float(n),)) for n in (*FAST, *SLOW)], ())
    fast, slow = (each.ravel() for each in np.meshgrid(np.arange(len(FAST)), np.arange(len(SLOW)) + len(FAST), indexing="ij"))
    out = np.empty((PAIRS, len(METRICS)))

    def all_of(some: list[Bars]) -> None:
        for each in some:
            prices = sweep_prices(kernels, each.open, each.close)
            kernels.sweep_averages(prices, history(code, averages, each).values, fast, slow, work, terms, out)

    all_of(bars[:1])
    ours = best_of(lambda: all_of(bars), runs=1)
    work_done = f"{len(FAST)} x {len(SLOW)} averages on {SYMBOLS} instruments x {LENGTH} bars, five metrics each"
    mine = f"{ours:.1f} s, {ours / SYMBOLS / PAIRS * 1e6:.1f} us a backtest"
    if importlib.util.find_spec("vectorbt") is None:
        return BenchmarkResult(work_done, mine, "vectorbt not installed", "", "1/300 of vectorbt")
    peer = _vectorbt(bars[0]) * SYMBOLS
    return BenchmarkResult(work_done, mine, f"vectorbt {peer:,.0f} s (of one, scaled)", f"1/{peer / ours:.0f}", "1/300 of vectorbt")


def _vectorbt(bars: Bars) -> float:
    """CPU seconds of the same grid on one instrument, after it has compiled."""
    import pandas as pd
    import vectorbt as vbt

    close, open_ = pd.Series(bars.close), pd.Series(bars.open)

    def grid() -> Any:
        pairs = [(a, b) for a in FAST for b in SLOW]
        fast = vbt.MA.run(close, [a for a, _ in pairs], short_name="fast")
        slow = vbt.MA.run(close, [b for _, b in pairs], short_name="slow")
        up, down = (found.vbt.fshift(1) for found in (fast.ma_crossed_above(slow), fast.ma_crossed_below(slow)))
        found = vbt.Portfolio.from_signals(close, up, down, price=open_, fees=0.0005, slippage=0.0005, freq="1D")
        return [found.total_return(), found.sharpe_ratio(), found.sortino_ratio(), found.max_drawdown(), found.trades.win_rate()]

    grid()
    return best_of(grid, runs=1)


def _conditions(kernels: BacktestKernels, bars: Bars) -> BenchmarkResult:
    found = plan([("rsi", (14.0,)), ("sma", (200.0,)), ("volume_sma", (20.0,))], ())
    columns = history(machine_code.load(FOLDER), found, bars).values
    names = [found.columns.index(name) for name in COLUMNS]
    values = np.array([*columns[names], bars.open, bars.high, bars.low, bars.close, bars.volume])
    entries = [
        f"rsi_14 < {25 + n % 50} and close > sma_200 and volume > {0.1 + n % 7 / 10:g} * volume_sma_20" for n in range(CONDITIONS)
    ]
    exits = [f"rsi_14 > {55 + n % 40} or close < sma_200" for n in range(CONDITIONS)]
    programs = compile_conditions([parse(text) for text in (*entries, *exits)], COLUMNS)
    prices, work, terms = sweep_prices(kernels, bars.open, bars.close), work_space(LENGTH), sweep_terms(Costs(), 252.0)
    numbers, out = np.arange(CONDITIONS), np.empty((CONDITIONS, len(METRICS)))
    stack = np.empty((programs.depth, 256))

    def sweep() -> None:
        kernels.sweep_programs(prices, programs.arrays, numbers, numbers + CONDITIONS, values, stack, work, terms, out)

    sweep()
    ours = best_of(sweep, runs=20) / CONDITIONS
    return BenchmarkResult(
        f"an entry of 13 and an exit of 7 operations over {LENGTH:,} bars, backtested; {out[:, -1].mean():.0f} trades each",
        f"{ours * 1e6:.0f} us, {1 / ours:,.0f} a second and thread",
        target=">= 40,000 a second",
    )


def _portfolio(kernels: BacktestKernels, bars: list[Bars]) -> list[BenchmarkResult]:
    open_, high, low, close = (
        np.array([getattr(each, name) for each in bars]).T.copy() for name in ("open", "high", "low", "close")
    )
    rng = np.random.default_rng(1)
    signals = rng.choice(np.array([1, -1, 0], np.int8), close.shape, p=[0.02, 0.02, 0.96])
    entry, exit_ = np.maximum(signals, 0), np.minimum(signals, 0)
    orders, sizing = Orders(stop_loss=0.05, trailing=0.1, take_profit=0.2), Sizing(max_positions=50)

    def whole() -> Any:
        found = simulate(kernels, Prices(open_, high, low, close), entry, exit_, orders, sizing)
        compute(Performance.of(found))
        return found

    found = whole()
    ours = best_of(whole, time.perf_counter, runs=3)
    alone = Prices(*(each[:, :1].copy() for each in (open_, high, low, close)))
    one = best_of(lambda: simulate(kernels, alone, entry[:, :1].copy(), exit_[:, :1].copy(), orders), runs=20)
    return [
        BenchmarkResult(
            f"{SYMBOLS} instruments x {LENGTH} bars from one account, with stops and all metrics; {len(found.trades):,} trades",
            f"{ours * 1e3:.0f} ms by the clock",
            target="< 500 ms",
        ),
        BenchmarkResult("one instrument with stops and targets, checks included", f"{one * 1e6:.0f} us"),
    ]
