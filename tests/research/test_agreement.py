"""Agreement with backtesting.py, vectorbt and empyrical-reloaded on averages that cross on GOOG."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from services.analysis.research.backtest.machine_code import BacktestKernels
from services.analysis.research.backtest.orders import Costs, Orders, Sizing
from services.analysis.research.backtest.prices import Prices, single
from services.analysis.research.backtest.simulation import Simulation, simulate
from services.analysis.research.metrics.performance import Performance
from services.analysis.research.metrics.table import compute

pytestmark = pytest.mark.timeout(1_200)  # the first run in a checkout makes the environment


def goog(answers: dict[str, Any]) -> Prices:
    bars = answers["bars"]
    return single(*(np.array(bars[name]) for name in ("open", "high", "low", "close")))


def crossings(close: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """SMA 10 crosses SMA 20 up and down."""
    fast, slow = (np.append(np.full(n - 1, np.nan), np.convolve(close, np.ones(n) / n, "valid")) for n in (10, 20))
    up, down = np.zeros(len(close), bool), np.zeros(len(close), bool)
    up[1:] = (fast > slow)[1:] & (fast <= slow)[:-1]
    down[1:] = (fast < slow)[1:] & (fast >= slow)[:-1]
    return up, down


def test_backtesting_py_to_the_last_trade_and_cent(backtest_kernels: BacktestKernels, oracle_answers: dict[str, Any]) -> None:
    prices, answer = goog(oracle_answers), oracle_answers["backtesting"]
    up, down = crossings(prices.close[:, 0])
    entry = (up.astype(np.int8) - down.astype(np.int8))[:, None]
    found = simulate(
        backtest_kernels, prices, entry, np.zeros_like(entry), Orders(side="both"), Sizing(shares="whole"),
        Costs(commission_bp=20, slippage_bp=0, borrow=0), cash=10_000.0,
    )  # fmt: skip
    mine, theirs = found.trades[:-1], answer["trades"]  # the last one is open in theirs, and sold at the last close in ours
    assert len(mine) == len(theirs["Size"]) == 93
    assert (mine["side"] * mine["shares"]).tolist() == theirs["Size"]
    assert mine["entry_bar"].tolist() == theirs["EntryBar"]
    assert mine["exit_bar"].tolist() == theirs["ExitBar"]
    assert mine["entry_price"].tolist() == theirs["EntryPrice"]
    assert mine["exit_price"].tolist() == theirs["ExitPrice"]
    np.testing.assert_allclose(mine["cost"], theirs["Commission"], atol=0.005, rtol=0)
    np.testing.assert_allclose(mine["pnl"], theirs["PnL"], atol=0.005, rtol=0)
    equity = found.account["equity"][:-1]
    np.testing.assert_allclose(equity, answer["equity"][:-1], atol=0.005, rtol=0)
    closed = compute(Performance(equity, 252.0, mine, found.account["held"][:-1]))
    assert closed["sqn"] == pytest.approx(answer["SQN"], rel=1e-9)
    assert closed["win_rate"] == pytest.approx(answer["Win Rate [%]"] / 100, rel=1e-9)
    assert closed["max_drawdown"] == pytest.approx(answer["Max. Drawdown [%]"] / 100, rel=1e-9)
    assert closed["expectancy"] == pytest.approx(answer["Expectancy [%]"] / 100, rel=1e-9)


@pytest.fixture(scope="session")
def long_only(backtest_kernels: BacktestKernels, oracle_answers: dict[str, Any]) -> Simulation:
    """The same signals as vectorbt's, with default costs."""
    prices, answer = goog(oracle_answers), oracle_answers["vectorbt"]
    entry, exit_ = (np.zeros(prices.close.shape, np.int8) for _ in range(2))
    entry[answer["up"]], exit_[answer["down"]] = 1, -1
    return simulate(backtest_kernels, prices, entry, exit_)


def test_vectorbt_has_the_same_equity_and_figures(long_only: Simulation, oracle_answers: dict[str, Any]) -> None:
    answer, run = oracle_answers["vectorbt"], Performance.of(long_only)
    np.testing.assert_allclose(run.equity, answer["equity"], rtol=1e-9)
    assert run.returns is not None
    np.testing.assert_allclose(run.returns, answer["returns"], rtol=1e-6, atol=1e-12)
    figures, known = compute(run), answer["figures"]
    assert long_only.trades["pnl"].mean() == pytest.approx(known.pop("money_expectancy"), rel=1e-9)
    assert known == {name: pytest.approx(figures[name], rel=1e-9) for name in known}


def test_empyrical_has_the_same_figures(long_only: Simulation, oracle_answers: dict[str, Any]) -> None:
    figures, known = compute(Performance.of(long_only)), dict(oracle_answers["empyrical"])
    shortfall = known.pop("expected_shortfall")
    assert known == {name: pytest.approx(figures[name], rel=1e-9) for name in known}
    assert figures["expected_shortfall"] == pytest.approx(shortfall, rel=0.02)  # of nearly the same returns: see its docstring
