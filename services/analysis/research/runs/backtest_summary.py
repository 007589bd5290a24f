"""The result of a backtest as JSON: every parameter, the costs and the range beside the figures."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import msgspec
import numpy as np

from services.analysis.research.backtest.bootstrap import LEVEL, intervals
from services.analysis.research.backtest.layout import REASONS
from services.analysis.research.backtest.machine_code import BacktestKernels
from services.analysis.research.backtest.simulation import Simulation
from services.analysis.research.metrics.monthly import monthly
from services.analysis.research.metrics.performance import Performance
from services.analysis.research.metrics.table import compute
from services.analysis.research.runs.backtest_input import BacktestInput
from services.analysis.research.runs.backtest_parameters import BacktestParameters

OF_EQUITY: Final = (
    "total_return", "cagr", "volatility", "sharpe", "sortino", "calmar", "max_drawdown", "drawdown_length", "value_at_risk",
    "expected_shortfall",
)  # fmt: skip
"""The metrics that stand beside those of buy and hold."""
OF_TRADES: Final = ("trades", "win_rate", "expectancy", "profit_factor", "mae", "mfe")
"""The metrics of each instrument."""


def summary(
    kernels: BacktestKernels, asked: BacktestParameters, given: BacktestInput, found: Simulation, held: Simulation
) -> dict[str, Any]:
    """``held``: buy and hold of the same instruments."""
    run = Performance.of(found)
    costs = asked.costs()
    figures = compute(run)
    drawn = {} if run.returns is None else intervals(kernels, run.returns, found.periods)
    bounds = {name: drawn.get(name) if figures[name] is not None else None for name in ("sharpe", "cagr")}
    beside = compute(Performance.of(held))
    return {
        "entry": asked.entry,
        "exit": asked.exit,
        "costs": str(costs),
        "cost_terms": msgspec.to_builtins(costs),
        "orders": asked.orders(),
        "sizing": asked.sizing(),
        "account": asked.account,
        "prices": asked.prices,
        "cash": asked.cash,
        "first": day(int(given.session[0])),
        "last": day(int(given.session[-1])),
        "bars": len(given.session),
        "bars_a_year": found.periods,
        "metrics": figures,
        "intervals": {"level": LEVEL, **bounds},
        "buy_and_hold": {name: beside[name] for name in OF_EQUITY},
        "monthly": monthly(found.account["equity"], given.session),
        "skipped": dict(found.skipped),
        "instruments": [_instrument(given, found, i) for i in range(len(given.instruments))],
    }


def trade_list(asked: BacktestParameters, given: BacktestInput, found: Simulation) -> list[dict[str, Any]]:
    """All trades, in the order of their entries."""
    symbols = [each.symbol for each in given.instruments]
    days = [day(session) for session in given.session.tolist()]
    return [
        {
            "symbol": symbols[each["instrument"]],
            "side": "long" if each["side"] > 0 else "short",
            "entry": days[each["entry_bar"]],
            "entry_ts": int(given.ts_close[each["entry_bar"]]),
            "exit": days[each["exit_bar"]],
            "exit_ts": int(given.ts_close[each["exit_bar"]]),
            "bars": int(each["exit_bar"] - each["entry_bar"]),
            "entry_reason": asked.entry,
            "exit_reason": REASONS[each["reason"]],
            **{
                name: float(each[name])
                for name in ("shares", "exit_shares", "entry_price", "exit_price", "pnl", "cost", "mae", "mfe")
            },
            "return": float(each["pnl"] / (each["shares"] * each["entry_price"])),
        }
        for each in found.trades
    ]


def equity_list(given: BacktestInput, found: Simulation, held: Simulation) -> dict[str, Any]:
    """Equity, drawdown, cash and positions at each close, with buy and hold."""
    run = Performance.of(found)
    return {
        "ts_close": given.ts_close,
        "session": given.session,
        "equity": found.account["equity"],
        "drawdown": run.drawdown,
        "cash": found.account["cash"],
        "invested": found.account["invested"],
        "buy_and_hold": held.account["equity"],
    }


def day(session: int) -> str:
    """A session date as 2020-12-31."""
    return dt.date(session // 10_000, session // 100 % 100, session % 100).isoformat()


def _instrument(given: BacktestInput, found: Simulation, i: int) -> dict[str, Any]:
    own = found.trades[found.trades["instrument"] == i]
    each = given.instruments[i]
    figures = compute(Performance(np.ones(2), found.periods, own, np.zeros(2, np.int64)))
    return {
        "symbol": each.symbol,
        "bars": len(each.session),
        "first": day(int(each.session[0])),
        "last": day(int(each.session[-1])),
        "pnl": float(own["pnl"].sum()),
        **{name: figures[name] for name in OF_TRADES},
        "widened_bars": each.widened,
    }
