"""Loads the compiled simulation from the folder of compiled kernels; it is compiled when first used."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final, Protocol, cast

from services.analysis.kernels.fingerprint import fingerprint
from services.analysis.kernels.indicators.kind import Floats, Int64s
from services.analysis.kernels.machine_code import kernel_fingerprint, load_module
from services.analysis.kernels.signatures import ProgramArrays
from services.analysis.research.backtest.layout import Market, Records, Terms
from services.analysis.research.backtest.sweep import SweepEvents, SweepPrices, SweepTerms

TEXT: Final = """from numba import njit

from services.analysis.research.backtest import bootstrap, kernel, sweep

jit = njit(cache=True, nogil=True, error_model='numpy', _nrt=False)


@jit
def simulate(market, events, terms, book, account, skipped, trades):
    return kernel.simulate(market, events, terms, book, account, skipped, trades)


@jit
def prepare(prices):
    sweep.prepare(prices)


@jit
def sweep_averages(prices, averages, fast, slow, work, terms, out):
    sweep.sweep_averages(prices, averages, fast, slow, work, terms, out)


@jit
def sweep_programs(prices, programs, entries, exits, values, stack, work, terms, out):
    sweep.sweep_programs(prices, programs, entries, exits, values, stack, work, terms, out)


@jit
def resample(returns, uniform, start, probability, moments):
    bootstrap.resample(returns, uniform, start, probability, moments)
"""
"""Wrappers in a module of their own, whose name holds a hash of all sources: numba checks the age of the outermost file alone."""

COMPILED: Final = ("layout", "steps", "kernel", "sweep", "bootstrap")
"""The modules of this package that are compiled."""


class BacktestKernels(Protocol):
    """The compiled functions. They release the GIL, allocate nothing and write only into the arrays that are named as written."""

    def simulate(
        self, market: Market, events: Records, terms: Terms, book: Records, account: Records, skipped: Int64s, trades: Records
    ) -> int:
        """A whole simulation; returns the number of trades.

        events (n,) EVENT. Written: book (instruments,) POSITION, account (bars,) ACCOUNT, skipped (reasons,), trades (n,) TRADE.
        """

    def prepare(self, prices: SweepPrices) -> None:
        """Sums and blocks of an instrument. Written: ``prices``."""

    def sweep_averages(
        self, prices: SweepPrices, averages: Floats, fast: Int64s, slow: Int64s, work: SweepEvents, terms: SweepTerms, out: Floats
    ) -> None:
        """Backtests of crossings of the rows ``fast`` and ``slow`` of ``averages`` (rows, bars). Written: ``work``, ``out``."""

    def sweep_programs(
        self, prices: SweepPrices, programs: ProgramArrays, entries: Int64s, exits: Int64s, values: Floats, stack: Floats,
        work: SweepEvents, terms: SweepTerms, out: Floats,
    ) -> None:  # fmt: skip
        """Backtests of pairs of conditions over ``values`` (places, bars). Written: ``stack``, ``work``, ``out``."""

    def resample(self, returns: Floats, uniform: Floats, start: Int64s, probability: float, moments: Floats) -> None:
        """Replications of the bootstrap. Written: ``moments``."""


@cache
def load_backtest(folder: Path) -> BacktestKernels:
    """The compiled loops of a folder; raises ``OSError`` when it cannot be written."""
    return cast("BacktestKernels", load_module(folder, _module(), TEXT))


def is_compiled(folder: Path) -> bool:
    """Whether the folder holds the machine code of the simulation, so that a run need not compile it."""
    return any(folder.glob(f"__pycache__/{_module()}.simulate-*.nbi"))


@cache
def _module() -> str:
    sources = [(name, Path(__file__).with_name(f"{name}.py").read_text("utf-8")) for name in COMPILED]
    return f"finstage_backtest_{fingerprint([('generated', TEXT), ('kernels', f'kernels = {kernel_fingerprint()!r}'), *sources])}"
