"""A batch of sets on all instruments: what a thread or a machine of a cluster does at a time."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from services.analysis.kernels.indicators.kind import Floats, Int64s
from services.analysis.research.backtest.layout import Int8s
from services.analysis.research.backtest.machine_code import load_backtest
from services.analysis.research.backtest.orders import Costs, Orders
from services.analysis.research.backtest.simulation import simulate
from services.analysis.research.backtest.sweep import SweepTerms
from services.analysis.research.backtest.sweeping import sweep_terms, work_space
from services.analysis.research.domain.known_market import KnownMarket
from services.analysis.research.domain.research_series import ResearchSeries
from services.analysis.research.domain.signal_kernels import SignalKernels
from services.analysis.research.grid.layout import Accounts, GridPrices
from services.analysis.research.grid.machine_code import GridKernels, load_grid
from services.analysis.research.runs.backtest_input import instrument_input
from services.analysis.research.runs.backtest_signals import entries, exits
from services.analysis.research.runs.grid_signals import BatchSignals
from shared.events import Timeframe

LEAST_BARS: Final = 3
"""Of a series that is traded without the whole simulation."""


class GridSet(NamedTuple):
    """One set, ready to be traded."""

    entry: str
    exit: str
    orders: Orders


class SweptSets(NamedTuple):
    """Plain sets of a batch; -1 where a set is traded in another way. (k,) each."""

    fast: Int64s
    """Rows of values: the set is the crossing of the two."""
    slow: Int64s
    entries: Int64s
    """Places in ``into`` and ``out``."""
    exits: Int64s
    into: tuple[str, ...]
    """Signals that entries are."""
    out: tuple[str, ...]


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
    plain = swept_sets(sets, signals)
    every, others = range(len(sets)), [k for k, each in enumerate(sets) if not is_plain(each)]
    for series, at in zip(work.series, work.at, strict=True):
        values, inputs = signals.values(kernels, series), series.inputs
        can_sweep = len(series) >= LEAST_BARS and bool(np.all((inputs.open > 0) & (inputs.close > 0)))
        if can_sweep:
            prices = GridPrices(inputs.open, inputs.close, at, np.empty(len(series)))
            _sweep(work, plain, kernels, compiled, signals, series, values, prices, terms, accounts)
        left = others if can_sweep else every
        if len(left):
            _simulate(work, sets, left, kernels, compiled, signals, series, values, at, accounts)
    return accounts


def is_plain(one: GridSet) -> bool:
    """Whether a set is one long position at a time without stops, which needs no whole simulation."""
    return one.orders == Orders() and bool(one.exit)


def swept_sets(sets: Sequence[GridSet], signals: BatchSignals) -> SweptSets:
    """The plain sets, laid out once for all instruments."""
    fast, slow, entries_, exits_ = (np.full(len(sets), -1, np.int64) for _ in range(4))
    place = {name: n for n, name in enumerate(signals.names)}
    into: dict[str, int] = {}
    out: dict[str, int] = {}
    for k, each in enumerate(sets):
        if not is_plain(each):
            continue
        if (pair := signals.columns_of_pair(each.entry, each.exit)) is not None:
            fast[k], slow[k] = place[pair[0]], place[pair[1]]
        else:
            entries_[k] = into.setdefault(each.entry, len(into))
            exits_[k] = out.setdefault(each.exit, len(out))
    return SweptSets(fast, slow, entries_, exits_, tuple(into), tuple(out))


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
    work: GridWork, sets: SweptSets, kernels: SignalKernels, compiled: GridKernels, signals: BatchSignals, series: ResearchSeries,
    values: Floats, prices: GridPrices, terms: SweepTerms, accounts: Accounts,
) -> None:  # fmt: skip
    """The plain sets of one instrument."""
    space = work_space(len(series))
    compiled.trade_crossings(prices, values, sets.fast, sets.slow, space, terms, accounts)
    if sets.into:
        fired = signals.fired((*sets.into, *sets.out), kernels, compiled, series, values, work.market)
        into = np.stack([signals.long_entry(text, fired[text]) for text in sets.into])
        out = np.stack([signals.long_exit(text, fired[text]) for text in sets.out])
        compiled.trade_signals(prices, into, out, sets.entries, sets.exits, space, terms, accounts)


def _simulate(
    work: GridWork, sets: Sequence[GridSet], numbers: Sequence[int], kernels: SignalKernels, compiled: GridKernels,
    signals: BatchSignals, series: ResearchSeries, values: Floats, at: Int64s, accounts: Accounts,
) -> None:  # fmt: skip
    """The others, with the whole simulation."""
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
