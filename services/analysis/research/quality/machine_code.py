"""Loads the compiled loops of signal quality from the folder of compiled kernels; they are compiled when first used."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final, Protocol, cast

import numpy as np
import numpy.typing as npt

from services.analysis.kernels.fingerprint import fingerprint
from services.analysis.kernels.machine_code import load_module

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Int32s = npt.NDArray[np.int32]
Int64s = npt.NDArray[np.int64]

FUNCTIONS: Final = {
    "measure_windows": "opened, high, low, close, day, direction, horizon, cost, longest_gap, gain, adverse",
    "add_year_sums": "key, cell, gain, year, signals, earned, wins, cells, all_gain",
    "add_past": "signals, earned, cells, all_gain, count, gain, base",
    "add_years": "signals, earned, wins, cells, all_gain, years, count, won, gain, base",
    "add_sample": "key, cell, gain, adverse, date, year, keys, years, first, recent, "
    "fired_on, worst, worst_adverse, against, newer, newer_gain",
    "add_evidence": "key, cell, gain, date, year, signals, cells, all_gain, years, row, first, edge, work, found",
    "count_dates": "fired_on, span, dates, apart, first",
    "sum_blocks": "evidence, length, sums, second, fourth",
    "count_extreme": "sums, starts, least, counts",
    "draw_statistics": "sums, starts, out",
}
HEAD: Final = """from numba import njit

from services.analysis.research.quality import kernel

jit = njit(cache=True, nogil=True, error_model='numpy', _nrt=False)
"""
TEXT: Final = HEAD + "".join(
    f"\n\n@jit\ndef {name}({arguments}):\n    kernel.{name}({arguments})\n" for name, arguments in FUNCTIONS.items()
)
"""Wrappers in a module of their own, whose name holds a hash of all sources: numba checks the age of the outermost file alone."""


class QualityKernels(Protocol):
    """The loops. They release the GIL, allocate nothing and write only into the arrays that are named as written.

    Signals are (signals,) ``key`` and ``cell``; cells are (cells,) ``gain``, ``adverse``, ``date`` and ``year``.
    ``years`` (rows, years) says which years of a key are chosen: the rows are all keys, or all keys several times; ``first`` is the
    place of the first date.
    """

    def measure_windows(
        self, opened: Floats, high: Floats, low: Floats, close: Floats, day: Int64s,
        direction: int, horizon: int, cost: float, longest_gap: int, gain: Floats, adverse: Floats,
    ) -> None:  # fmt: skip
        """The windows after all bars but the last ``horizon``. Written: ``gain`` and ``adverse``, of their number; NaN for none."""

    def add_year_sums(
        self, key: Int64s, cell: Int64s, gain: Floats, year: Int64s,
        signals: Floats, earned: Floats, wins: Floats, cells: Floats, all_gain: Floats,
    ) -> None:  # fmt: skip
        """Sums over the cells of an instrument. Added to: the last five, (keys, years) and of all cells (years,)."""

    def add_past(
        self, signals: Floats, earned: Floats, cells: Floats, all_gain: Floats, count: Floats, gain: Floats, base: Floats
    ) -> None:
        """Sums of all years before each year, from those of ``add_year_sums``. Added to: the last three (keys, years)."""

    def add_years(
        self, signals: Floats, earned: Floats, wins: Floats, cells: Floats, all_gain: Floats, years: Bools,
        count: Floats, won: Floats, gain: Floats, base: Floats,
    ) -> None:  # fmt: skip
        """Sums of the chosen years, from those of ``add_year_sums``. Added to: the last four (rows,)."""

    def add_sample(
        self, key: Int64s, cell: Int64s, gain: Floats, adverse: Floats, date: Int64s, year: Int64s, keys: int, years: Bools,
        first: int, recent: int, fired_on: Bools, worst: Floats, worst_adverse: Floats, against: Floats, newer: Floats,
        newer_gain: Floats,
    ) -> None:  # fmt: skip
        """The chosen signals of an instrument. Added to: ``fired_on`` (rows, dates) and the figures after it (rows,)."""

    def add_evidence(
        self, key: Int64s, cell: Int64s, gain: Floats, date: Int64s, year: Int64s, signals: Floats, cells: Floats,
        all_gain: Floats, years: Bools, row: Int64s, first: int, edge: Floats, work: Floats, found: Floats,
    ) -> None:  # fmt: skip
        """The evidence of an instrument, of the keys whose ``row`` is not below 0.

        Written: ``work`` (2, rows). Added to: ``found`` (rows, dates).
        """

    def count_dates(self, fired_on: Bools, span: int, dates: Int64s, apart: Int64s, first: Int64s) -> None:
        """Dates with a signal, the most of them that are at least ``span`` apart, and the first.

        Written: the last three (rows,); the first is the number of all dates where there is none.
        """

    def sum_blocks(self, evidence: Floats, length: int, sums: Floats, second: Floats, fourth: Floats) -> None:
        """Of (keys, dates) the sum of each block, wrapped around. Written: ``sums`` likewise, and the means of powers (keys,)."""

    def count_extreme(self, sums: Floats, starts: Int32s, least: Floats, counts: Int64s) -> None:
        """Resamples (``starts``: draws, blocks) with a statistic of ``least`` (keys,) or more. Added to: ``counts``."""

    def draw_statistics(self, sums: Floats, starts: Int32s, out: Floats) -> None:
        """The statistic of every resample. Written: ``out`` (keys, draws)."""


@cache
def load_quality(folder: Path) -> QualityKernels:
    """The compiled loops of a folder; raises ``OSError`` when it cannot be written."""
    source = Path(__file__).with_name("kernel.py").read_text("utf-8")
    name = fingerprint([("generated", TEXT), ("kernel.py", source)])
    return cast("QualityKernels", load_module(folder, f"finstage_quality_{name}", TEXT))
