"""What the signals of some instruments and years are worth, beside any day of the same instruments and years."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from services.analysis.research.quality.cells import Axis, Cells
from services.analysis.research.quality.evidence import apart
from services.analysis.research.quality.machine_code import Bools, Floats, Int64s, QualityKernels
from services.analysis.research.quality.walk_forward import mean, new_year

YEAR_DAYS: Final = 365


class Chosen(NamedTuple):
    """Signals of some years of some instruments."""

    members: Sequence[Cells]
    years: Bools
    """(rows, years): the rows are all keys, or all keys several times, each time with other years."""
    on: Axis
    first: int
    """Place of the first date of the first year that can be chosen."""

    @property
    def dates(self) -> int:
        """Dates from the first on."""
        return len(self.on.day) - self.first


class Sample(NamedTuple):
    """Signals of some years, and what followed; each of shape (rows,). Means and extremes are 0 where there is no signal."""

    signals: Floats
    dates: Int64s
    """Dates with a signal."""
    effective: Int64s
    """The most of them that are as far apart as a window is long."""
    wins: Floats
    mean: Floats
    """Mean gain of the signals."""
    base: Floats
    """Mean gain of any day, weighed by the signals of each instrument."""
    worst: Floats
    """Lowest gain."""
    adverse: Floats
    """Mean of the furthest moves against the position."""
    worst_adverse: Floats
    year_signals: Floats
    """Signals of the last 365 days."""
    year_mean: Floats
    first: Int64s
    """Place of the first date with a signal; the number of dates where there is none."""

    @property
    def edge(self) -> Floats:
        """The mean gain above that of any day."""
        return self.mean - self.base

    def of(self, rows: slice) -> Sample:
        """That of some rows."""
        return Sample._make(each[rows] for each in self)


def chosen(members: Sequence[Cells], years: Bools, on: Axis, first_year: int) -> Chosen:
    """The signals of the chosen years."""
    first = int(np.searchsorted(on.day, new_year(on, first_year))) if first_year < on.years else len(on.day)
    return Chosen(members, years, on, first)


def sample(kernels: QualityKernels, of: Chosen, span: int) -> Sample:
    """The figures of all rows; ``span``: dates that a window covers."""
    rows = len(of.years)
    recent = int(of.on.of(of.on.day[-1:] - YEAR_DAYS)[0]) if len(of.on.day) else 0
    count, wins, gain, base, against, newer, newer_gain = (np.zeros(rows) for _ in range(7))
    worst, worst_adverse = np.full((2, rows), np.inf)
    fired_on = np.zeros((rows, of.dates), np.bool_)
    for member in of.members:
        kernels.add_years(*member.by_year, of.years, count, wins, gain, base)
        kernels.add_sample(
            member.key, member.cell, member.gain, member.adverse, member.date, member.year, member.keys, of.years, of.first,
            recent, fired_on, worst, worst_adverse, against, newer, newer_gain,
        )  # fmt: skip
    dates, effective, first = apart(kernels, fired_on, span)
    return Sample(
        count,
        dates,
        effective,
        wins,
        mean(gain, count),
        mean(base, count),
        np.where(count > 0, worst, 0.0),
        mean(against, count),
        np.where(count > 0, worst_adverse, 0.0),
        newer,
        mean(newer_gain, newer),
        first + of.first,
    )


def evidence(kernels: QualityKernels, of: Chosen, figures: Sample, keys: npt.NDArray[np.intp]) -> Floats:
    """What each date adds to edge x signals of some keys, less its expected share: (keys, dates); each row adds up to 0.

    The edge is the sum over instruments of signals x (mean gain of the signals - mean gain of all cells), by all signals. Of a date
    it holds (signal - share of cells with a signal) x (gain - mean gain), so that the uncertainty of the base rate counts too.
    """
    found, work = np.zeros((len(keys), of.dates)), np.zeros((2, len(keys)))
    edge, row = figures.edge[keys], np.full(len(of.years), -1)
    row[keys] = np.arange(len(keys))
    for member in of.members if len(keys) else ():
        sums = member.by_year
        kernels.add_evidence(
            member.key, member.cell, member.gain, member.date, member.year, sums.signals, sums.cells, sums.all_gain,
            of.years, row, of.first, edge, work, found,
        )  # fmt: skip
    return found
