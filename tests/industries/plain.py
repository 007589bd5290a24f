"""A reference for the definitions of docs/signals.md ("Industries"), one number at a time, in plain Python."""

from __future__ import annotations

import datetime as dt
import itertools
import math
import statistics
from collections.abc import Mapping, Sequence

History = Mapping[int, float]
"""Session date (yyyymmdd) -> adjusted close."""


def date(session: int) -> dt.date:
    return dt.date(session // 10_000, session // 100 % 100, session % 100)


def as_of(history: History, session: int) -> float | None:
    """The newest close at or before a date, not older than 14 days."""
    past = [one for one in history if one <= session]
    if not past or (date(session) - date(max(past))).days > 14:
        return None
    return history[max(past)]


def strength(member: History, others: Sequence[History], n: int, session: int) -> float | None:
    own = sorted(one for one in member if one <= session)
    if session not in member or len(own) <= n:
        return None
    before = own[-1 - n]
    ratios = []
    for other in others:
        now, then = as_of(other, session), as_of(other, before)
        if now is not None and then is not None:
            ratios.append(now / then)
    if not ratios:
        return None
    return member[session] / member[before] / (math.fsum(ratios) / len(ratios)) - 1


def comovement(member: History, others: Sequence[History], n: int, session: int) -> tuple[float | None, float | None]:
    """Beta and correlation."""
    own = sorted(one for one in member if one <= session)[-n - 1 :]
    if session not in member or len(own) <= n:
        return None, None
    mine, theirs = [member[b] / member[a] - 1 for a, b in itertools.pairwise(own)], []
    for a, b in itertools.pairwise(own):
        prices = [(as_of(other, a), as_of(other, b)) for other in others]
        moves = [now / before - 1 for before, now in prices if before is not None and now is not None]
        if not moves:
            return None, None
        theirs.append(math.fsum(moves) / len(moves))
    if statistics.pstdev(theirs) <= 1e-9:
        return None, None
    beta = statistics.linear_regression(theirs, mine).slope
    return beta, statistics.correlation(theirs, mine) if statistics.pstdev(mine) > 1e-9 else None


def above(member: History, n: int, session: int) -> bool | None:
    own = sorted(one for one in member if one <= session)
    if session not in member or len(own) < n:
        return None
    mean = math.fsum(member[one] for one in own[-n:]) / n
    return member[session] - mean > 1e-9 * max(abs(member[session]), abs(mean))


def move(member: History, session: int) -> float | None:
    own = sorted(one for one in member if one < session)
    return member[session] / member[own[-1]] - 1 if session in member and own else None


def breadth(moves: Sequence[float | None]) -> tuple[int, int, int, int, float | None]:
    """Advances, declines, unchanged, missing, median."""
    known = [one for one in moves if one is not None]
    up, down = sum(one > 1e-9 for one in known), sum(one < -1e-9 for one in known)
    return up, down, len(known) - up - down, len(moves) - len(known), statistics.median(known) if known else None
