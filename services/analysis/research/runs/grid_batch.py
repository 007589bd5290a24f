"""A batch of sets on all instruments: what a thread or a machine of a cluster does at a time."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from services.analysis.kernels.indicators.kind import Floats, Int64s
from services.analysis.research.backtest.layout import Int8s
from services.analysis.research.backtest.machine_code import load_backtest
from services.analysis.research.backtest.orders import Costs, Orders
from services.analysis.research.backtest.simulation import simulate
from services.analysis.research.backtest.sweep import SweepTerms
from services.analysis.research.backtest.sweeping import sweep_terms, work_space
from services.analysis.research.domain.firings import KnownMarket, SignalKernels
from services.analysis.research.domain.research_series import ResearchSeries
from services.analysis.research.grid.layout import Accounts, GridPrices
from services.analysis.research.grid.machine_code import GridKernels, load_grid
from services.analysis.research.runs.backtest_input import instrument_input
from services.analysis.research.runs.backtest_signals import entries, exits
from services.analysis.research.runs.grid_signals import BatchSignals
from shared.events import Timeframe

LEAST_BARS: Final = 3
"""Of a series that is traded without the whole simulation."""

Chosen = npt.NDArray[np.bool_]


class GridSet(NamedTuple):
    """One set, ready to be traded."""

    entry: str
    exit: str
    orders: Orders


@dataclass(frozen=True)
class GridWork:
    """What all batches share."""

    series: tuple[ResearchSeries, ...]
    at: tuple[Int64s, ...]
    """The bars of the calendar that are those of an instrument."""
    bars: int
    """Of the calendar."""
    market: KnownMarket
    timeframe: Timeframe
    costs: Costs
    periods: float


def trade_batch(work: GridWork, sets: Sequence[GridSet], kernels: SignalKernels) -> bytes:
    """The accounts of some sets as ``read_accounts`` reads them. They do not depend on the other sets, nor on the machine."""
    return written(trade(work, sets, kernels))


def trade(work: GridWork, sets: Sequence[GridSet], kernels: SignalKernels) -> Accounts:
    """Each instrument in turn: sums are made in one order."""
    accounts = no_accounts(len(sets), work.bars)
    signals = BatchSignals.of([text for each in sets for text in (each.entry, each.exit)], work.timeframe)
    compiled, terms = load_grid(kernels.code.folder), sweep_terms(work.costs, work.periods)
    plain = np.array([each.orders == Orders() and bool(each.exit) for each in sets])
    for series, at in zip(work.series, work.at, strict=True):
        values = signals.values(kernels, series)
        inputs = series.inputs
        swept = plain & (len(series) >= LEAST_BARS) & bool(np.all((inputs.open > 0) & (inputs.close > 0)))
        if swept.any():
            prices = GridPrices(inputs.open, inputs.close, at, np.empty(len(series)))
            _sweep(work, sets, swept, kernels, compiled, signals, series, values, prices, terms, accounts)
        if not swept.all():
            _simulate(work, sets, ~swept, kernels, compiled, signals, series, values, at, accounts)
    return accounts


def no_accounts(sets: int, bars: int) -> Accounts:
    """Nothing traded yet."""
    return Accounts(np.zeros((sets, bars)), np.zeros((sets, bars), np.uint16), np.zeros((sets, 2), np.int64))


def written(accounts: Accounts) -> bytes:
    """Accounts as bytes."""
    body = io.BytesIO()
    np.savez(body, **accounts._asdict())
    return body.getvalue()


def read_accounts(body: bytes) -> Accounts:
    """Accounts from bytes."""
    with np.load(io.BytesIO(body), allow_pickle=False) as found:
        return Accounts(*(found[name] for name in Accounts._fields))


def _sweep(
    work: GridWork, sets: Sequence[GridSet], chosen: Chosen, kernels: SignalKernels, compiled: GridKernels,
    signals: BatchSignals, series: ResearchSeries, values: Floats, prices: GridPrices, terms: SweepTerms, accounts: Accounts,
) -> None:  # fmt: skip
    """The sets that are one long position at a time, without stops."""
    fast, slow, into, leave = (np.full(len(sets), -1, np.int64) for _ in range(4))
    place = {name: n for n, name in enumerate(signals.names)}
    wanted: dict[str, None] = {}
    for k in np.flatnonzero(chosen).tolist():
        pair = signals.columns_of_pair(sets[k].entry, sets[k].exit)
        if pair is not None:
            fast[k], slow[k] = place[pair[0]], place[pair[1]]
        else:
            wanted |= dict.fromkeys((sets[k].entry, sets[k].exit))
    space = work_space(len(series))
    if (fast >= 0).any():
        compiled.trade_crossings(prices, values, fast, slow, space, terms, accounts)
    if wanted:
        fired = signals.fired(tuple(wanted), kernels, compiled, series, values, work.market)
        others = [k for k in np.flatnonzero(chosen).tolist() if fast[k] < 0]
        rows_in = {text: n for n, text in enumerate(dict.fromkeys(sets[k].entry for k in others))}
        rows_out = {text: n for n, text in enumerate(dict.fromkeys(sets[k].exit for k in others))}
        for k in others:
            into[k], leave[k] = rows_in[sets[k].entry], rows_out[sets[k].exit]
        compiled.trade_signals(
            prices, _stack(rows_in, fired, signals.long_entry), _stack(rows_out, fired, signals.long_exit), into, leave, space,
            terms, accounts,
        )  # fmt: skip


def _stack(rows: Mapping[str, int], fired: Mapping[str, Int8s], meaning: Callable[[str, Int8s], Int8s]) -> Int8s:
    return np.stack([meaning(text, fired[text]) for text in rows])


def _simulate(
    work: GridWork, sets: Sequence[GridSet], chosen: Chosen, kernels: SignalKernels, compiled: GridKernels,
    signals: BatchSignals, series: ResearchSeries, values: Floats, at: Int64s, accounts: Accounts,
) -> None:  # fmt: skip
    """The others, with the whole simulation."""
    numbers = np.flatnonzero(chosen).tolist()
    texts = dict.fromkeys(text for k in numbers for text in (sets[k].entry, sets[k].exit) if text)
    fired = signals.fired(tuple(texts), kernels, compiled, series, values, work.market)
    nothing: Int8s = np.zeros(len(series), np.int8)
    prices = instrument_input(series, nothing, nothing, raw=False).prices
    trading = load_backtest(kernels.code.folder)
    for k in numbers:
        entry, leave, orders = sets[k]
        into = entries(fired[entry], signals.specs[entry], orders.side)
        out = exits(fired[leave], signals.specs[leave]) if leave else nothing
        found = simulate(
            trading, prices, into[:, None], out[:, None], orders, costs=work.costs, cash=1.0, periods=work.periods
        )  # fmt: skip
        compiled.add_equity(np.ascontiguousarray(found.account["equity"]), at, accounts.equity[k])
        bars = found.trades["exit_bar"] - found.trades["entry_bar"]
        np.add.at(accounts.entries[k], at[found.trades["entry_bar"]], 1)
        accounts.held[k] = accounts.held[k, 0] + bars.sum(), max(int(accounts.held[k, 1]), int(bars.max(initial=0)))
