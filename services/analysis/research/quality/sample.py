"""What the signals of some instruments and years are worth, beside any day of the same instruments and years."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from services.analysis.research.quality.cells import Axis, Bools, Cells
from services.analysis.research.quality.evidence import effective
from services.analysis.research.quality.walk_forward import YearSums, mean, new_year
from services.analysis.research.quality.windows import Floats, Int64s

YEAR_DAYS: Final = 365


class Chosen(NamedTuple):
    """Signals of some years of some instruments."""

    members: Sequence[Cells]
    sums: Sequence[YearSums]
    """By the year of the signal."""
    years: Bools
    """(keys, years)."""
    on: Axis
    first: int
    """Place of the first date of the first year that can be chosen."""

    def part(self, of: Cells) -> slice:
        """The cells from the first date on."""
        return slice(int(np.searchsorted(of.date, self.first)), None)

    @property
    def dates(self) -> int:
        """Dates from the first on."""
        return len(self.on.day) - self.first


class Sample(NamedTuple):
    """Signals of some years, and what followed; each of shape (keys,). Means and extremes are 0 where there is no signal."""

    signals: Floats
    dates: Int64s
    """Dates with a signal."""
    effective: Int64s
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


def chosen(members: Sequence[Cells], sums: Sequence[YearSums], years: Bools, on: Axis, first_year: int) -> Chosen:
    """The signals of the chosen years."""
    first = int(np.searchsorted(on.day, new_year(on, first_year))) if first_year < on.years else len(on.day)
    return Chosen(members, sums, years, on, first)


def sample(of: Chosen, span: int) -> Sample:
    """The figures of all keys; ``span``: dates that a window covers."""
    keys, weight = len(of.years), of.years.astype(float)
    recent = int(of.on.of(of.on.day[-1:] - YEAR_DAYS)[0]) if len(of.on.day) else 0
    count, wins, gain, base, adverse, newer, newer_gain = (np.zeros(keys) for _ in range(7))
    worst, worst_adverse = np.full((2, keys), np.inf)
    fired_on = np.zeros((keys, of.dates), np.bool_)
    for member, year in zip(of.members, of.sums, strict=True):
        signals = (year.signals * weight).sum(axis=1)
        count, wins, gain = count + signals, wins + (year.wins * weight).sum(axis=1), gain + (year.gain * weight).sum(axis=1)
        base += signals * mean(weight @ year.all_gain, weight @ year.cells)
        key, cell = _signals(of, member)
        if not len(key):
            continue
        earned, against, late = member.gain[cell], member.adverse[cell], member.date[cell] >= recent
        fired_on[key, member.date[cell] - of.first] = True
        newer, newer_gain = newer + np.bincount(key, late, keys), newer_gain + np.bincount(key, earned * late, keys)
        adverse += np.bincount(key, against, keys)
        np.minimum.at(worst, key, earned)
        np.minimum.at(worst_adverse, key, against)
    dates = fired_on.sum(axis=1)
    return Sample(
        count,
        dates,
        dates if span == 1 else effective(fired_on, span),
        wins,
        mean(gain, count),
        mean(base, count),
        np.where(count > 0, worst, 0.0),
        mean(adverse, count),
        np.where(count > 0, worst_adverse, 0.0),
        newer,
        mean(newer_gain, newer),
        np.where(count > 0, fired_on.argmax(axis=1) if of.dates else 0, of.dates) + of.first,
    )


def evidence(of: Chosen, figures: Sample, keys: npt.NDArray[np.intp]) -> Floats:
    """What each date adds to edge x signals of some keys, less its expected share: (keys, dates); each row adds up to 0.

    The edge is the sum over instruments of signals x (mean gain of the signals - mean gain of all cells), by all signals. Of a date
    it holds (signal - share of cells with a signal) x (gain - mean gain), so that the uncertainty of the base rate counts too.
    """
    these = of._replace(years=of.years[keys])
    weight, found = these.years.astype(float), np.zeros((len(keys), of.dates))
    edge, row = figures.edge[keys], np.full(len(of.years), -1)
    row[keys] = np.arange(len(keys))
    for member, year in zip(of.members, of.sums, strict=True):
        signals, cells = (year.signals[keys] * weight).sum(axis=1), weight @ year.cells
        usual, share = mean(weight @ year.all_gain, cells), mean(signals, cells)
        here = of.part(member)
        date, gain, inside = member.date[here] - of.first, member.gain[here], these.years[:, member.year[here]]
        _add(found, date, np.where(inside, share[:, None] * (usual[:, None] - gain), 0.0))
        key, cell = _signals(of, member)
        key = row[key]
        key, cell = key[key >= 0], cell[key >= 0]
        np.add.at(found, (key, member.date[cell] - of.first), member.gain[cell] - usual[key] - edge[key])
    return found


def _signals(of: Chosen, member: Cells) -> tuple[Int64s, Int64s]:
    """Keys and cells of the chosen signals."""
    kept = of.years[member.key, member.year[member.cell]]
    return member.key[kept], member.cell[kept]


def _add(found: Floats, date: Int64s, values: Floats) -> None:
    if len(date) > 1 and (np.diff(date) == 0).any():  # several bars a date
        begin = np.flatnonzero(np.diff(date, prepend=-1))
        values, date = np.add.reduceat(values, begin, axis=1), date[begin]
    found[:, date] += values
