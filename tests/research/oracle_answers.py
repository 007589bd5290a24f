"""Run by the Python of the environment ``oracles``: what backtesting.py, vectorbt and empyrical say of averages that cross on GOOG.

Prints one JSON object. Of the bars of backtesting.py (AGPL package data) nothing is kept in this project.
"""

# mypy: ignore-errors

import json
import sys
import warnings

import numpy as np
import pandas as pd

warnings.simplefilter("ignore")


def listed(values):
    return [None if not np.isfinite(each) else float(each) for each in np.asarray(values, float)]


def bars():
    from backtesting.test import GOOG

    return GOOG


def of_backtesting(frame):
    """The strategy of its quick start: both sides, all of the account in whole shares, 0.2 % commission."""
    from backtesting import Backtest, Strategy
    from backtesting.lib import crossover
    from backtesting.test import SMA

    class SmaCross(Strategy):
        def init(self):
            self.fast, self.slow = self.I(SMA, self.data.Close, 10), self.I(SMA, self.data.Close, 20)

        def next(self):
            if crossover(self.fast, self.slow):
                self.position.close()
                self.buy()
            elif crossover(self.slow, self.fast):
                self.position.close()
                self.sell()

    stats = Backtest(frame, SmaCross, cash=10_000, commission=0.002).run()
    trades = stats["_trades"]
    names = ("Size", "EntryBar", "ExitBar", "EntryPrice", "ExitPrice", "PnL", "Commission")
    closed = {name: listed(trades[name]) for name in names}
    figures = ("SQN", "Win Rate [%]", "# Trades", "Max. Drawdown [%]", "Profit Factor", "Expectancy [%]")
    return {"trades": closed, "equity": listed(stats["_equity_curve"]["Equity"]), **{name: float(stats[name]) for name in figures}}


def signals(frame):
    fast, slow = (frame["Close"].rolling(n).mean() for n in (10, 20))
    above, below = fast > slow, fast < slow
    up, down = above & ~above.shift(1, fill_value=False) & slow.shift(1).notna(), below & ~below.shift(1, fill_value=False)
    up.iloc[-60:] = False
    down.iloc[-2] = True  # nothing is open at the end
    return up, down


def of_vectorbt(frame):
    """Long alone, any fraction of a share; a signal is filled at the next open."""
    import vectorbt as vbt

    up, down = signals(frame)
    found = vbt.Portfolio.from_signals(
        frame["Close"], up.shift(1, fill_value=False), down.shift(1, fill_value=False), price=frame["Open"], fees=0.0005,
        slippage=0.0005, init_cash=100_000, freq="1D",
    )  # fmt: skip
    returns = found.returns()[1:]  # the first bar has none
    of = returns.vbt.returns(freq="1D", year_freq="252D")
    answers = {
        "sharpe": of.sharpe_ratio(), "sortino": of.sortino_ratio(), "calmar": of.calmar_ratio(), "max_drawdown": of.max_drawdown(),
        "cagr": of.annualized(), "volatility": of.annualized_volatility(), "total_return": found.total_return(),
        "value_at_risk": of.value_at_risk(), "win_rate": found.trades.win_rate(), "profit_factor": found.trades.profit_factor(),
        "sqn": found.trades.sqn(), "trades": found.trades.count(), "money_expectancy": found.trades.expectancy(),
    }  # fmt: skip
    figures = {name: float(value) for name, value in answers.items()}
    signs = {"up": np.flatnonzero(up).tolist(), "down": np.flatnonzero(down).tolist()}
    return {"equity": listed(found.value()), "returns": listed(returns), "figures": figures, **signs}


def of_empyrical(returns):
    import empyrical as ep

    series = pd.Series(returns)
    return {
        "sharpe": ep.sharpe_ratio(series, annualization=252), "sortino": ep.sortino_ratio(series, annualization=252),
        "calmar": ep.calmar_ratio(series, annualization=252), "max_drawdown": ep.max_drawdown(series),
        "cagr": ep.cagr(series, annualization=252), "volatility": ep.annual_volatility(series, annualization=252),
        "value_at_risk": ep.value_at_risk(series), "expected_shortfall": ep.conditional_value_at_risk(series),
        "total_return": ep.cum_returns_final(series),
    }  # fmt: skip


if __name__ == "__main__":
    goog = bars()
    vectorbt = of_vectorbt(goog)
    json.dump(
        {
            "bars": {name: listed(goog[name.title()]) for name in ("open", "high", "low", "close")},
            "backtesting": of_backtesting(goog),
            "vectorbt": vectorbt,
            "empyrical": {name: float(value) for name, value in of_empyrical(vectorbt["returns"]).items()},
        },
        sys.stdout,
    )
