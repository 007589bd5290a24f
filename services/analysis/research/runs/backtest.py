"""The kind of run ``backtest``: an entry and an exit, traded on the bars of some instruments."""

from __future__ import annotations

import numpy as np

from services.analysis.research.backtest.layout import Int8s
from services.analysis.research.backtest.machine_code import is_compiled, load_backtest
from services.analysis.research.domain.firings import firings
from services.analysis.research.domain.named_signals import named_signal
from services.analysis.research.domain.run_record import canonical
from services.analysis.research.domain.runs import COMPILING, Progress, RunData, RunKind, RunResult
from services.analysis.research.metrics.buy_and_hold import buy_and_hold
from services.analysis.research.runs.backtest_accounts import run_accounts
from services.analysis.research.runs.backtest_input import instrument_input, joined
from services.analysis.research.runs.backtest_parameters import BacktestParameters
from services.analysis.research.runs.backtest_signals import entries, exits
from services.analysis.research.runs.backtest_summary import equity_list, summary, trade_list


def run(asked: BacktestParameters, data: RunData, progress: Progress) -> RunResult:
    """Files: ``trades.json``, ``equity.json``, and with ``page`` ``equity.png``, ``trades.png``, ``report.html``.

    Raises:
        RunError, SignalNameError, DataRequestError: the field and the value at fault.
    """
    asked.check()
    timeframe = data.request.timeframe
    entry = named_signal("entry", asked.entry, timeframe)
    leave = named_signal("exit", asked.exit, timeframe) if asked.exit else None
    signals = [each for each in (entry, leave) if each is not None]
    market, instruments = data.market(*signals), []
    steps = len(data.request.symbols) + 2
    compiled = is_compiled(data.kernels.code.folder)  # where it is not, the indicators are probably not either
    if not compiled:
        progress(0, steps, COMPILING)
    for series in data.series(*signals):
        into = entries(firings(data.kernels, series, entry, market), entry, asked.direction)
        out: Int8s = np.zeros(len(series), np.int8)
        if leave is not None:
            out = exits(firings(data.kernels, series, leave, market), leave)
        instruments.append(instrument_input(series, into, out, raw=asked.prices == "raw"))
        progress(len(instruments), max(steps, len(instruments) + 2), series.symbol)
    if not compiled:
        progress(len(instruments), max(steps, len(instruments) + 2), COMPILING)
    kernels = load_backtest(data.kernels.code.folder)
    given = joined(instruments, timeframe)
    if asked.account == "shared":
        given.check_currency()
    found = run_accounts(kernels, asked, given)
    held = buy_and_hold(kernels, given.prices, asked.costs(), asked.cash, given.periods)
    progress(steps - 1, steps, "figures")
    facts = summary(kernels, asked, given, found, held)
    trades, equity = trade_list(asked, given, found), equity_list(given, found, held)
    files = {"trades.json": canonical(trades), "equity.json": canonical(equity)}
    if asked.page:
        from services.analysis.research.report.page import report  # loads matplotlib, which takes half a second

        progress(steps - 1, steps, "page")
        closes = {each.symbol: (each.session, each.prices.close[:, 0]) for each in given.instruments}
        files |= report(facts, trades, equity, closes)
    progress(steps, steps)
    return RunResult(facts, files)


KIND = RunKind("backtest", BacktestParameters, run)
