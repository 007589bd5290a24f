"""All metrics, in the order in which they are shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from services.analysis.research.metrics.cagr import cagr
from services.analysis.research.metrics.calmar import calmar
from services.analysis.research.metrics.costs_paid import costs_paid
from services.analysis.research.metrics.drawdown_length import drawdown_length
from services.analysis.research.metrics.expectancy import expectancy
from services.analysis.research.metrics.expected_shortfall import expected_shortfall
from services.analysis.research.metrics.exposure import exposure
from services.analysis.research.metrics.mae import mae
from services.analysis.research.metrics.max_drawdown import max_drawdown
from services.analysis.research.metrics.mfe import mfe
from services.analysis.research.metrics.performance import Performance
from services.analysis.research.metrics.profit_factor import profit_factor
from services.analysis.research.metrics.sharpe import sharpe
from services.analysis.research.metrics.sortino import sortino
from services.analysis.research.metrics.sqn import sqn
from services.analysis.research.metrics.total_return import total_return
from services.analysis.research.metrics.trades import trades
from services.analysis.research.metrics.turnover import turnover
from services.analysis.research.metrics.value_at_risk import value_at_risk
from services.analysis.research.metrics.volatility import volatility
from services.analysis.research.metrics.win_rate import win_rate

Unit = Literal["return", "return a year", "return of a bar", "share", "share a year", "ratio", "bars", "count", "a year", "money"]
"""A return is a share that may be below 0; 0.05 is 5 %."""


@dataclass(frozen=True)
class Metric:
    """A figure: its name in results, its name for people, its unit, its function. The file of that name has the formula."""

    name: str
    label: str
    unit: Unit
    compute: Callable[[Performance], float | None]


METRICS: Final = (
    Metric("total_return", "Total return", "return", total_return),
    Metric("cagr", "Growth a year (CAGR)", "return a year", cagr),
    Metric("volatility", "Volatility a year", "share a year", volatility),
    Metric("sharpe", "Sharpe ratio", "ratio", sharpe),
    Metric("sortino", "Sortino ratio", "ratio", sortino),
    Metric("calmar", "Calmar ratio", "ratio", calmar),
    Metric("max_drawdown", "Maximum drawdown", "return", max_drawdown),
    Metric("drawdown_length", "Longest drawdown", "bars", drawdown_length),
    Metric("value_at_risk", "Value at risk, 5 %", "return of a bar", value_at_risk),
    Metric("expected_shortfall", "Expected shortfall, 5 %", "return of a bar", expected_shortfall),
    Metric("trades", "Trades", "count", trades),
    Metric("win_rate", "Win rate", "share", win_rate),
    Metric("expectancy", "Mean return of a trade", "return", expectancy),
    Metric("profit_factor", "Profit factor", "ratio", profit_factor),
    Metric("sqn", "System quality number", "ratio", sqn),
    Metric("mae", "Mean adverse excursion", "return", mae),
    Metric("mfe", "Mean favourable excursion", "return", mfe),
    Metric("exposure", "Time in the market", "share", exposure),
    Metric("turnover", "Turnover", "a year", turnover),
    Metric("costs_paid", "Costs paid", "money", costs_paid),
)


def compute(run: Performance) -> dict[str, float | None]:
    """All of them by name; None where one is not defined."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        found = {metric.name: metric.compute(run) for metric in METRICS}
    return {name: value if value is not None and np.isfinite(value) else None for name, value in found.items()}
