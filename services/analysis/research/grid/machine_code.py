"""Loads the compiled loops of a grid from the folder of compiled kernels; they are compiled when first used."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final, Protocol, cast

from services.analysis.kernels.fingerprint import fingerprint
from services.analysis.kernels.indicators.kind import Floats, Int64s
from services.analysis.kernels.machine_code import kernel_fingerprint, load_module
from services.analysis.kernels.signatures import ProgramArrays
from services.analysis.research.backtest.layout import Int8s
from services.analysis.research.backtest.sweep import SweepEvents, SweepTerms
from services.analysis.research.grid.layout import Accounts, GridPrices

TEXT: Final = """from numba import njit

from services.analysis.research.grid import kernel

jit = njit(cache=True, nogil=True, error_model='numpy', _nrt=False)


@jit
def trade_crossings(prices, values, fast, slow, work, terms, accounts):
    kernel.trade_crossings(prices, values, fast, slow, work, terms, accounts)


@jit
def trade_signals(prices, into, leave, entries, exits, work, terms, accounts):
    kernel.trade_signals(prices, into, leave, entries, exits, work, terms, accounts)


@jit
def scan_conditions(programs, numbers, values, stack, truth, rows):
    kernel.scan_conditions(programs, numbers, values, stack, truth, rows)


@jit
def add_equity(own, at, row):
    kernel.add_equity(own, at, row)
"""
"""Wrappers in a module of their own, whose name holds a hash of all sources: numba checks the age of the outermost file alone."""

COMPILED: Final = ("grid/kernel", "grid/layout", "backtest/layout", "backtest/steps", "backtest/sweep")
"""The modules of research that are compiled."""


class GridKernels(Protocol):
    """The compiled functions. They release the GIL, allocate nothing and write only into the arrays that are named as written."""

    def trade_crossings(
        self, prices: GridPrices, values: Floats, fast: Int64s, slow: Int64s, work: SweepEvents, terms: SweepTerms,
        accounts: Accounts,
    ) -> None:  # fmt: skip
        """Sets (k,) that trade crossings of rows of ``values``; one whose row is -1 is left out.

        Written: prices.own, work, accounts.
        """

    def trade_signals(
        self, prices: GridPrices, into: Int8s, leave: Int8s, entries: Int64s, exits: Int64s, work: SweepEvents, terms: SweepTerms,
        accounts: Accounts,
    ) -> None:  # fmt: skip
        """Sets (k,) that trade rows of ``into`` and ``leave``; likewise."""

    def scan_conditions(
        self, programs: ProgramArrays, numbers: Int64s, values: Floats, stack: Floats, truth: Floats, rows: Int8s
    ) -> None:
        """Where the first programs are true. Written: stack, truth, and the ``numbers`` of ``rows``."""

    def add_equity(self, own: Floats, at: Int64s, row: Floats) -> None:
        """Adds the equity of an instrument (b,) at some bars of the calendar. Written: ``row`` (c,)."""


@cache
def load_grid(folder: Path) -> GridKernels:
    """The compiled loops of a folder; raises ``OSError`` when it cannot be written."""
    root = Path(__file__).parents[1]
    sources = [(name, (root / f"{name}.py").read_text("utf-8")) for name in COMPILED]
    name = fingerprint([("generated", TEXT), ("kernels", f"kernels = {kernel_fingerprint()!r}"), *sources])
    return cast("GridKernels", load_module(folder, f"finstage_grid_{name}", TEXT))
