"""Each metric by hand, on nothing, and the bootstrap beside arch."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from services.analysis.research.backtest.bootstrap import intervals, moments
from services.analysis.research.backtest.layout import TRADE, zeros
from services.analysis.research.backtest.machine_code import BacktestKernels
from services.analysis.research.backtest.orders import Costs
from services.analysis.research.backtest.prices import Prices, single
from services.analysis.research.metrics.buy_and_hold import buy_and_hold
from services.analysis.research.metrics.monthly import monthly
from services.analysis.research.metrics.performance import Performance
from services.analysis.research.metrics.periods import bars_a_year
from services.analysis.research.metrics.table import METRICS, compute
from shared.events import Timeframe

FOLDER = Path(__file__).parents[2] / "services" / "analysis" / "research" / "metrics"
OTHERS = {"__init__", "table", "performance", "monthly", "periods", "buy_and_hold"}


def closed(**columns: list[float]) -> Any:
    found = zeros(len(next(iter(columns.values()))), TRADE)
    for name, values in columns.items():
        found[name] = values
    return found


def example() -> Performance:
    trades = closed(
        shares=[10, 10, 5], entry_price=[10, 11, 20], exit_shares=[10, 10, 5], exit_price=[11, 10, 24], pnl=[10, -10, 20],
        mae=[-0.1, -0.2, 0.0], mfe=[0.2, 0.0, 0.4], cost=[1, 2, 3],
    )  # fmt: skip
    equity = np.array([100.0, 110.0, 99.0, 99.0, 120.0])
    return Performance(equity, 4.0, trades, np.array([0, 1, 1, 0, 1]))


def test_each_metric_by_hand() -> None:
    found = compute(example())
    returns = [0.1, -0.1, 0.0, 21 / 99]
    mean = sum(returns) / 4
    deviation = math.sqrt(sum((r - mean) ** 2 for r in returns) / 3)
    profit_deviation = math.sqrt(((10 - 20 / 3) ** 2 + (-10 - 20 / 3) ** 2 + (20 - 20 / 3) ** 2) / 2)
    cagr = 0.2
    assert found == {
        "total_return": pytest.approx(0.2),
        "cagr": pytest.approx(cagr),
        "volatility": pytest.approx(deviation * math.sqrt(4)),
        "sharpe": pytest.approx(mean / deviation * math.sqrt(4)),
        "sortino": pytest.approx(mean / math.sqrt(0.01 / 4) * math.sqrt(4)),
        "calmar": pytest.approx(cagr / 0.1),
        "max_drawdown": pytest.approx(-0.1),
        "drawdown_length": 2,
        "value_at_risk": None,
        "expected_shortfall": None,
        "trades": 3,
        "win_rate": pytest.approx(2 / 3),
        "expectancy": pytest.approx((0.1 - 10 / 110 + 0.2) / 3),
        "profit_factor": pytest.approx(3),
        "sqn": pytest.approx(math.sqrt(3) * (20 / 3) / profit_deviation),
        "mae": pytest.approx(-0.1),
        "mfe": pytest.approx(0.2),
        "exposure": pytest.approx(0.6),
        "turnover": pytest.approx((100 + 110 + 100 + 110 + 100 + 120) / 2 / 105.6),
        "costs_paid": 6,
    }


def test_some_days_have_no_yearly_growth() -> None:
    equity = np.linspace(100.0, 110.0, 63)
    assert compute(Performance.of_equity(equity, 252.0))["cagr"] is None
    assert compute(Performance.of_equity(np.append(equity, 110.0), 252.0))["cagr"] == pytest.approx(1.1 ** (252 / 63) - 1)


def test_the_worst_twentieth() -> None:
    returns = np.arange(-20, 81) / 1_000
    found = compute(Performance.of_equity(np.cumprod(np.append(1.0, 1 + returns)), 252.0))
    assert found["value_at_risk"] == pytest.approx(-0.015)
    assert found["expected_shortfall"] == pytest.approx(-0.0175)


@pytest.mark.parametrize(
    "equity",
    [[], [100.0], [100.0] * 50, list(100 * 1.01 ** np.arange(50)), [100.0, 50.0, -10.0, -20.0], [100.0, 0.0, 0.0], [1e-300, 1e300]],
    ids=["nothing", "a bar", "no change", "no variance", "ruin", "all lost", "absurd"],
)
def test_what_is_not_defined_is_none_and_nothing_is_infinite(equity: list[float]) -> None:
    found = compute(Performance.of_equity(np.array(equity, np.float64), 252.0))
    assert all(value is None or math.isfinite(value) for value in found.values()), found
    assert {found[name] for name in ("sharpe", "win_rate", "expectancy", "profit_factor", "sqn", "mae", "mfe")} == {None}
    if len(equity) != 2:
        assert {found["calmar"], found["sortino"], found["volatility"]} == {None}
    assert found["trades"] == 0


def test_winners_alone_have_no_profit_factor() -> None:
    run = Performance(np.array([1.0, 2.0]), 252.0, closed(pnl=[1.0], shares=[1.0], entry_price=[1.0]), np.array([0, 1]))
    assert {compute(run)[name] for name in ("profit_factor", "sqn")} == {None}


def test_every_metric_has_a_file_of_its_name_with_a_formula_and_a_unit() -> None:
    assert {file.stem for file in FOLDER.glob("*.py")} - OTHERS == {metric.name for metric in METRICS}
    for metric in METRICS:
        text = (FOLDER / f"{metric.name}.py").read_text("utf-8").split('"""')[1]
        assert f"Unit: {metric.unit}" in text, metric.name


def test_the_monthly_table_multiplies_to_the_total() -> None:
    rng = np.random.default_rng(1)
    days = np.arange(np.datetime64("2019-11-20"), np.datetime64("2022-02-10"))
    sessions = np.array([int(str(day).replace("-", "")) for day in days])
    keep = sessions // 100 != 202006
    sessions = sessions[keep]
    equity = 100 * np.exp(np.cumsum(rng.normal(0, 0.01, len(sessions))))
    rows = monthly(equity, sessions)
    assert [row.year for row in rows] == [2019, 2020, 2021, 2022]
    assert rows[1].months[5] is None
    assert rows[0].months[:10] == (None,) * 10
    every = [each for row in rows for each in row.months if each is not None]
    assert np.prod([1 + each for each in every]) == pytest.approx(equity[-1] / equity[0])
    assert np.prod([1 + row.total for row in rows if row.total is not None]) == pytest.approx(equity[-1] / equity[0])


def test_bars_a_year() -> None:
    two_days = np.repeat([20240102, 20240103], 7)
    assert bars_a_year("stock", Timeframe.H1, two_days) == 252 * 7
    assert [bars_a_year("etf", each, two_days) for each in (Timeframe.W1, Timeframe.MN1)] == [52, 12]


def test_buy_and_hold_buys_equal_parts_once(backtest_kernels: BacktestKernels) -> None:
    close = np.array([[100.0, np.nan], [100.0, 50.0], [120.0, 50.0], [120.0, 25.0]])
    prices = Prices(close, close, close, close)
    found = buy_and_hold(backtest_kernels, prices, Costs(commission_bp=0, slippage_bp=0), 1_000.0, 252.0)
    assert found.account["equity"].tolist() == [1_000, 1_000, 1_100, 850]
    one = single(*(np.array([100.0, 100.0, 110.0]) for _ in range(4)))
    paid = buy_and_hold(backtest_kernels, one, Costs(), 1_000.0, 252.0)
    assert paid.account["equity"][-1] == pytest.approx(1_100 * (1 - 5e-4) ** 2 / (1 + 5e-4) ** 2)


def test_the_bootstrap_draws_as_arch_does(backtest_kernels: BacktestKernels) -> None:
    from arch.bootstrap import StationaryBootstrap

    rng = np.random.default_rng(4)
    noise = rng.normal(0.001, 0.01, 301)
    returns = noise[1:] + 0.5 * noise[:-1]  # neighbours are alike, so that the block length matters
    own = np.concatenate(list(moments(backtest_kernels, returns, 1, 1_000)))
    theirs = StationaryBootstrap(300 ** (1 / 3), returns, seed=2).apply(
        lambda x: np.array([x.mean(), x.std(ddof=1), np.log1p(x).sum()]), 1_000
    )
    for quantile in (0.05, 0.5, 0.95):
        mine, other = (np.quantile(each, quantile, axis=0) for each in (own, theirs))
        np.testing.assert_allclose(mine, other, atol=0.15 * theirs.std(axis=0).max(), rtol=0.02)
    np.testing.assert_allclose(own.std(axis=0), theirs.std(axis=0), rtol=0.1)


def test_blocks_are_those_of_the_random_numbers(backtest_kernels: BacktestKernels) -> None:
    returns = np.arange(5) / 10
    out = np.empty((1, 3))
    uniform, start = np.array([[0.9, 0.9, 0.1, 0.9, 0.9]]), np.array([[4, 0, 2, 0, 0]])
    backtest_kernels.resample(returns, uniform, start, 0.5, out)
    drawn = returns[[4, 0, 2, 3, 4]]
    assert out[0].tolist() == pytest.approx([drawn.mean(), drawn.std(ddof=1), np.log1p(drawn).sum()])


def test_intervals_hold_the_figure_and_repeat(backtest_kernels: BacktestKernels) -> None:
    rng = np.random.default_rng(6)
    returns = rng.normal(0.0005, 0.01, 500)
    found = intervals(backtest_kernels, returns, 252.0)
    figures = compute(Performance.of_equity(np.cumprod(np.append(1.0, 1 + returns)), 252.0))
    for name, ends in found.items():
        assert ends is not None
        value = figures[name]
        assert value is not None
        assert ends[0] < value < ends[1]
    assert found == intervals(backtest_kernels, returns, 252.0)


@pytest.mark.parametrize("returns", [np.zeros(100), np.full(10, 0.1), np.full(100, 0.01), np.append(np.ones(50), -1.0)])
def test_no_interval_without_variance_or_enough_returns(backtest_kernels: BacktestKernels, returns: np.ndarray) -> None:
    assert intervals(backtest_kernels, returns, 252.0)["sharpe"] is None
