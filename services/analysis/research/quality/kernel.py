"""The loops over bars, signals, dates and resamples. They write into the arrays that are named as written, and allocate nothing."""

# numba infers the types; machine_code.py describes the arrays.
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math
from functools import partial
from typing import Any, Final

from numba import njit

from services.analysis.kernels.indicators.kind import INTERNAL

plain: Final[Any] = partial(njit, error_model="numpy", _nrt=False, **INTERNAL)

CONSTANT: Final = 1e-12
"""A variance below this share of the mean square is 0, apart from rounding."""


@plain
def measure_windows(opened, high, low, close, day, direction, horizon, cost, longest_gap, gain, adverse):
    """Return and furthest adverse move of the window after each bar; NaN where a price is none or bars are missing."""
    for t in range(len(gain)):
        top, bottom, gap = -math.inf, math.inf, 0
        for u in range(t + 1, t + horizon + 1):
            x, y = high[u], low[u]
            if x > top or x != x:
                top = x
            if y < bottom or y != y:
                bottom = y
            gap = max(gap, day[u] - day[u - 1])
        entry, leave = opened[t + 1], close[t + horizon]
        if direction > 0:
            made, against = leave * (1.0 - cost) / (entry * (1.0 + cost)) - 1.0, bottom / entry - 1.0
        else:
            made, against = 1.0 - leave * (1.0 + cost) / (entry * (1.0 - cost)), 1.0 - top / entry
        usable = math.isfinite(made) and math.isfinite(against) and entry > 0.0 and leave > 0.0 and bottom > 0.0
        usable = usable and gap <= longest_gap
        gain[t] = made if usable else math.nan
        adverse[t] = min(against, 0.0) if usable else math.nan


@plain
def add_year_sums(key, cell, gain, year, signals, earned, wins, cells, all_gain):
    """Sums by key and year."""
    for c in range(len(gain)):
        cells[year[c]] += 1.0
        all_gain[year[c]] += gain[c]
    for s in range(len(key)):
        k, c = key[s], cell[s]
        y = year[c]
        signals[k, y] += 1.0
        earned[k, y] += gain[c]
        if gain[c] > 0.0:
            wins[k, y] += 1.0


@plain
def mean(total, count):
    """A mean; 0 where there is nothing."""
    return total / count if count > 0.0 else 0.0


@plain
def add_past(signals, earned, cells, all_gain, count, gain, base):
    """What an instrument adds to the past of each year."""
    for k in range(len(signals)):
        n, made, bars, usual = 0.0, 0.0, 0.0, 0.0
        for y in range(len(cells)):
            count[k, y] += n
            gain[k, y] += made
            base[k, y] += n * mean(usual, bars)
            n += signals[k, y]
            made += earned[k, y]
            bars += cells[y]
            usual += all_gain[y]


@plain
def add_years(signals, earned, wins, cells, all_gain, years, count, won, gain, base):
    """What the chosen years of an instrument add to the totals of each row."""
    for r in range(len(years)):
        k, n, bars, usual = r % len(signals), 0.0, 0.0, 0.0
        for y in range(len(cells)):
            if years[r, y]:
                n += signals[k, y]
                won[r] += wins[k, y]
                gain[r] += earned[k, y]
                bars += cells[y]
                usual += all_gain[y]
        count[r] += n
        base[r] += n * mean(usual, bars)


@plain
def add_sample(
    key, cell, gain, adverse, date, year, keys, years, first, recent, fired_on, worst, worst_adverse, against, newer, newer_gain
):
    """What the chosen signals of an instrument add to the figures of each row."""
    for s in range(len(key)):
        c = cell[s]
        for r in range(key[s], len(years), keys):
            if not years[r, year[c]]:
                continue
            fired_on[r, date[c] - first] = True
            worst[r] = min(worst[r], gain[c])
            worst_adverse[r] = min(worst_adverse[r], adverse[c])
            against[r] += adverse[c]
            if date[c] >= recent:
                newer[r] += 1.0
                newer_gain[r] += gain[c]


@plain
def add_evidence(key, cell, gain, date, year, signals, cells, all_gain, years, row, first, edge, work, found):
    """What the bars and signals of an instrument add to the evidence of each date; ``work``: usual gain and share of each row."""
    for k in range(len(row)):
        r = row[k]
        if r < 0:
            continue
        n, bars, usual = 0.0, 0.0, 0.0
        for y in range(len(cells)):
            if years[k, y]:
                n += signals[k, y]
                bars += cells[y]
                usual += all_gain[y]
        work[0, r] = mean(usual, bars)
        work[1, r] = mean(n, bars)
    begin = 0
    while begin < len(date) and date[begin] < first:
        begin += 1
    while begin < len(date):
        end = begin + 1
        while end < len(date) and year[end] == year[begin]:
            end += 1
        add_year(gain, date, begin, end, years[:, year[begin]], row, first, work, found)
        begin = end
    for s in range(len(key)):
        k, c = key[s], cell[s]
        r = row[k]
        if r >= 0 and years[k, year[c]]:
            found[r, date[c] - first] += gain[c] - work[0, r] - edge[r]


@plain
def add_year(gain, date, begin, end, chosen, row, first, work, found):
    """What the bars of a year add."""
    day, every_date = date[begin] - first, date[end - 1] - date[begin] == end - 1 - begin and date[begin] < date[end - 1]
    for c in range(begin + 1, end):
        every_date = every_date and date[c] > date[c - 1]
    for k in range(len(row)):
        r = row[k]
        if r < 0 or not chosen[k] or work[1, r] == 0.0:
            continue
        usual, share = work[0, r], work[1, r]
        if every_date:  # neighbours in both arrays: the compiler makes vectors of them
            to, of = found[r, day : day + end - begin], gain[begin:end]
            for n in range(len(of)):
                to[n] += share * (usual - of[n])
        else:
            for c in range(begin, end):
                found[r, date[c] - first] += share * (usual - gain[c])


@plain
def count_dates(fired_on, span, dates, apart, first):
    """Dates with a signal; the most of them that are ``span`` apart: the first, and each next one that is far enough; the first."""
    for r in range(len(dates)):
        found, far, open_from, begin = 0, 0, 0, fired_on.shape[1]
        for d in range(fired_on.shape[1]):
            if not fired_on[r, d]:
                continue
            begin = min(begin, d)
            found += 1
            if d >= open_from:
                far, open_from = far + 1, d + span
        dates[r], apart[r], first[r] = found, far, begin


@plain
def sum_blocks(evidence, length, sums, second, fourth):
    """The sum of each block of dates, wrapped around, and the means of their squares and fourth powers."""
    dates = evidence.shape[1]
    for k in range(len(evidence)):
        ahead, behind, squares, fourths = 0.0, 0.0, 0.0, 0.0
        for d in range(length):
            ahead += evidence[k, d]
        for d in range(dates):
            x = ahead - behind
            sums[k, d] = x
            squares += x * x
            fourths += x * x * x * x
            behind += evidence[k, d]
            ahead += evidence[k, (d + length) % dates]
        second[k], fourth[k] = squares / dates, fourths / dates


@plain
def studentised(sums, starts, k, draw):
    """The sum of the blocks of a resample under its own standard error."""
    blocks = starts.shape[1]
    total, squares = 0.0, 0.0
    for b in range(blocks):
        x = sums[k, starts[draw, b]]
        total += x
        squares += x * x
    variance = squares - total * total / blocks
    if variance <= CONSTANT * squares:
        return math.inf if total > 0.0 else -math.inf if total < 0.0 else math.nan
    return total / math.sqrt(variance * blocks / (blocks - 1))


@plain
def count_extreme(sums, starts, least, counts):
    """How many resamples of each key are at least as extreme as the data."""
    for k in range(len(counts)):
        for draw in range(len(starts)):
            if studentised(sums, starts, k, draw) >= least[k]:
                counts[k] += 1


@plain
def draw_statistics(sums, starts, out):
    """The statistic of every resample."""
    for k in range(len(sums)):
        for draw in range(len(starts)):
            out[k, draw] = studentised(sums, starts, k, draw)
