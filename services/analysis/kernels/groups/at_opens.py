"""The measures of groups as they were known when sessions opened, from whole histories of daily closes.

Conditions read them. Only what had ended by then counts, on each exchange: the dates of sessions alone would not say so, because a
session of one exchange may end after the next date's session of another has opened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from services.analysis.kernels.conditions.times import ExchangeTimes
from services.analysis.kernels.groups.aligned import Floats, Int64s, aligned, carried, days_of
from services.analysis.kernels.groups.averages import AVERAGES, above_average
from services.analysis.kernels.groups.breadth import breadth, fraction_of_ones, moves
from services.analysis.kernels.groups.comovement import SESSIONS as MOVES
from services.analysis.kernels.groups.comovement import comovement
from services.analysis.kernels.groups.daily_closes import DailyCloses
from services.analysis.kernels.groups.session_opens import SessionOpens
from services.analysis.kernels.groups.strength import SESSIONS, strength
from shared.conditions.expression import RELATIVE_FIELDS


def breadth_at(members: Sequence[DailyCloses], at: SessionOpens, times: Mapping[str, ExchangeTimes]) -> Floats:
    """The values of ``INDUSTRY_FIELDS``, in their order, at each open. Shape (6, rows).

    Of each member the newest session of its exchange that had ended counts. A member without a close of that session is left out;
    where all are, the values are NaN. ``times``: by exchange; members of other exchanges are left out.
    """
    held = [member for member in members if member.exchange in times and len(member.sessions)]
    side = aligned({str(n): (member.sessions, member.prices) for n, member in enumerate(held)})
    ended = {exchange: at.ended(times[exchange]) for exchange in {member.exchange for member in held}}
    rows = {exchange: _rows(side.days, sessions) for exchange, sessions in ended.items()}

    def then(values: Floats) -> Floats:
        found = np.full((len(at.opens), len(held)), np.nan)
        for column, member in enumerate(held):
            row = rows[member.exchange]
            found[:, column] = np.where(row >= 0, values[row, column], np.nan)
        return found

    counts = breadth(then(moves(side.closes)))
    some = counts.advances + counts.declines + counts.unchanged > 0
    numbers = [np.where(some, each, np.nan) for each in (counts.advances, counts.declines, counts.unchanged)]
    shares = [fraction_of_ones(then(above_average(side.closes, n)))[0] for n in AVERAGES]
    return np.stack([*numbers, counts.median, *shares])


def relative_at(own: DailyCloses, others: Sequence[DailyCloses], at: SessionOpens, times: Mapping[str, ExchangeTimes]) -> Floats:
    """The values of ``RELATIVE_FIELDS``, in their order, against the mean of others at each open. Shape (7, rows).

    NaN where the instrument has no close of its newest session that had ended.
    """
    unknown = np.full((len(RELATIVE_FIELDS), len(at.opens)), np.nan)
    if at.exchange not in times:
        return unknown
    sessions = at.ended(times[at.exchange])
    side = aligned({str(n): (each.sessions, each.prices) for n, each in enumerate((own, *others))})
    filled = carried(side.days, side.closes)
    row = _rows(side.days, sessions)
    known = filled.copy()
    for column, other in enumerate(others, 1):
        known[row[row >= 0], column] = other.known_at(sessions, at.opens)[row >= 0]
    columns = range(1, len(others) + 1)
    strengths = [strength(side.closes, filled, 0, columns, n, known=known) for n in SESSIONS]
    betas, correlations = zip(*(comovement(side.closes, filled, 0, columns, n, known=known) for n in MOVES), strict=True)
    found = np.stack([*strengths, *betas, *correlations])
    return np.where(row >= 0, found[:, row], np.nan) if len(side.days) else unknown


def first_known_relative_at(
    own: DailyCloses, choices: Sequence[DailyCloses], at: SessionOpens, times: Mapping[str, ExchangeTimes]
) -> Floats:
    """As ``relative_at``, against the first of several benchmarks that has a close as of the instrument's session."""
    found = np.full((len(RELATIVE_FIELDS), len(at.opens)), np.nan)
    if at.exchange not in times:
        return found
    sessions = at.ended(times[at.exchange])
    open_rows = np.ones(len(at.opens), np.bool_)
    for choice in choices:
        covered = open_rows & np.isfinite(choice.known_at(sessions, at.opens))
        found[:, covered] = relative_at(own, [choice], at, times)[:, covered]
        open_rows &= ~covered
    return found


def _rows(days: Int64s, sessions: Int64s) -> Int64s:
    """The places of session dates among days; -1 where a date is not among them."""
    if not len(days):
        return np.full(len(sessions), -1, np.int64)
    wanted = days_of(sessions)
    place = np.minimum(np.searchsorted(days, wanted), len(days) - 1)
    return np.where(days[place] == wanted, place, -1)
