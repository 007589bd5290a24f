"""The measures of groups at the opens of sessions, against the plain definitions over what had ended by then."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from services.analysis.kernels.conditions.times import ExchangeTimes
from services.analysis.kernels.groups.at_opens import breadth_at, first_known_relative_at, relative_at
from services.analysis.kernels.groups.daily_closes import DailyCloses, daily_closes
from services.analysis.kernels.groups.session_opens import SessionOpens, session_opens
from tests.industries import plain

HOUR = 3_600_000
FIRST = dt.date(2024, 2, 20)
DAYS = [FIRST + dt.timedelta(days=n) for n in range(130)]
HOURS = {"EAST": (-1, 5), "WEST": (14, 21), "ALWAYS": (0, 24)}
"""Hours in UTC: a session of EAST opens before the session of ALWAYS of the date before has ended."""


def dated(day: dt.date) -> int:
    return int(day.strftime("%Y%m%d"))


def moment(day: dt.date, hour: int) -> int:
    return int(dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).timestamp() * 1000) + hour * HOUR


def times_of(exchange: str) -> ExchangeTimes:
    days = [day for day in DAYS if exchange == "ALWAYS" or day.weekday() < 5]
    opens, closes = HOURS[exchange]
    return ExchangeTimes(
        np.array([dated(day) for day in days], np.int64),
        np.array([moment(day, opens) for day in days], np.int64),
        np.array([moment(day, closes) for day in days], np.int64),
        dt.UTC,  # type: ignore[arg-type]
    )


TIMES = {exchange: times_of(exchange) for exchange in HOURS}


def ends(exchange: str) -> dict[int, int]:
    return dict(zip(TIMES[exchange].date.tolist(), TIMES[exchange].close.tolist(), strict=True))


def closes_of(exchange: str, history: plain.History) -> DailyCloses:
    sessions = sorted(history)
    at = [ends(exchange)[session] for session in sessions]
    return daily_closes(exchange, np.array(sessions, np.int64), np.array(at, np.int64), np.array([history[s] for s in sessions]))


@st.composite
def groups(draw: st.DrawFn) -> list[tuple[str, plain.History]]:
    """Members on exchanges with other hours: each trades on most days, may start late, and may pause."""
    found: list[tuple[str, plain.History]] = []
    for exchange in draw(st.lists(st.sampled_from(tuple(HOURS)), min_size=1, max_size=4)):
        seed = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
        first, rest = draw(st.integers(0, 40)), draw(st.integers(0, 129))
        resting = range(rest, rest + draw(st.integers(0, 25)))
        price, history = 100.0, {}
        for n, session in enumerate(TIMES[exchange].date.tolist()):
            price = round(price * float(seed.choice([1.0, 1.02, 0.98, 1.1])), 2)
            if n >= first and n not in resting and seed.random() < 0.9:
                history[session] = price
        found.append((exchange, history))
    return found


def ended(exchange: str, by: int) -> int:
    """The newest session that had ended."""
    return max((session for session, end in ends(exchange).items() if end <= by), default=0)


def same(got: float, due: float | None) -> bool:
    return math.isnan(got) if due is None else math.isclose(got, due, rel_tol=0, abs_tol=1e-12)


@settings(max_examples=12, deadline=None)
@given(groups(), st.sampled_from(tuple(HOURS)))
def test_breadth_is_that_of_the_sessions_that_had_ended(group: list[tuple[str, plain.History]], exchange: str) -> None:
    at = session_opens(exchange, TIMES[exchange], 0)
    found = breadth_at([closes_of(*one) for one in group], at, TIMES)
    for row, opened in enumerate(at.opens.tolist()):
        sessions = [ended(one, opened) for one, _ in group]
        moved = [plain.move(history, session) for (_, history), session in zip(group, sessions, strict=True)]
        up, down, still, missing, median = plain.breadth(moved)
        counts = [None] * 3 if missing == len(group) else [up, down, still]
        flags = [[plain.above(history, n, s) for (_, history), s in zip(group, sessions, strict=True)] for n in (50, 200)]
        known = [[flag for flag in each if flag is not None] for each in flags]
        shares = [sum(each) / len(each) if each else None for each in known]
        for name, (got, due) in enumerate(zip(found[:, row], [*counts, median, *shares], strict=True)):
            assert same(got, due), (name, opened, got, due)


@settings(max_examples=12, deadline=None)
@given(groups(), st.integers(0, 3))
def test_strength_and_beta_know_no_close_of_an_open_session(group: list[tuple[str, plain.History]], choice: int) -> None:
    exchange, own = group[choice % len(group)]
    others = [one for n, one in enumerate(group) if n != choice % len(group)]
    at = session_opens(exchange, TIMES[exchange], 0)
    mine, theirs = closes_of(exchange, own), [closes_of(*one) for one in others]
    mean, first = relative_at(mine, theirs, at, TIMES), first_known_relative_at(mine, theirs, at, TIMES)
    for row, opened in list(enumerate(at.opens.tolist()))[choice::4]:
        session = ended(exchange, opened)
        known = [{s: p for s, p in history.items() if ends(one)[s] <= opened} for one, history in others]
        chosen = next((history for history in known if session and plain.as_of(history, session) is not None), None)
        for place, n in enumerate((20, 63, 126)):
            due = plain.strength(own, known, n, session) if session else None
            assert same(mean[place, row], due), (n, opened)
            due = plain.strength(own, [chosen], n, session) if session and chosen is not None else None
            assert same(first[place, row], due), (n, opened)
        for place, n in enumerate((63, 126)):
            for found, against in ((mean, known), (first, [] if chosen is None else [chosen])):
                pair = plain.comovement(own, against, n, session) if session else (None, None)
                assert all(same(got, due) for got, due in zip(found[3 + place :: 2, row], pair, strict=True)), (n, opened)


def test_a_close_of_the_same_date_that_comes_later_is_not_known() -> None:
    days = [dated(day) for day in DAYS[:60]]
    own = closes_of("EAST", dict.fromkeys(TIMES["EAST"].date.tolist()[:40], 100.0))
    prices = {session: 100.0 * 1.01**n for n, session in enumerate(days)}
    at = session_opens("EAST", TIMES["EAST"], own.ts_close[30])
    found = relative_at(own, [closes_of("ALWAYS", prices)], at, TIMES)[0, 0]
    last, first = TIMES["EAST"].date.tolist()[30], TIMES["EAST"].date.tolist()[10]
    apart = (plain.date(last) - plain.date(first)).days - 1
    assert math.isclose(found, 1.01**-apart - 1, abs_tol=1e-12), "the session of the same date was still open"


def test_bars_without_a_usable_close_and_members_without_bars_are_left_out() -> None:
    sessions = TIMES["WEST"].date[:4]
    wrong = daily_closes("WEST", sessions, TIMES["WEST"].close[:4], np.array([10.0, 0.0, np.nan, 11.0]))
    assert wrong.prices.tolist() == [10.0, 11.0]
    twice = daily_closes("WEST", sessions[[0, 0, 1]], TIMES["WEST"].close[:3], np.array([1.0, 2.0, 3.0]))
    assert twice.prices.tolist() == [2.0, 3.0]
    nobody = daily_closes("WEST", sessions[:0], sessions[:0], np.empty(0))
    elsewhere = daily_closes("MARS", sessions, TIMES["WEST"].close[:4], np.ones(4))
    at = session_opens("WEST", TIMES["WEST"], 0)
    assert breadth_at([wrong, nobody, elsewhere], at, TIMES)[0, 4] == 1.0
    for unknown in (breadth_at([nobody], at, TIMES), breadth_at([], at, TIMES), relative_at(nobody, [wrong], at, TIMES)):
        assert np.isnan(unknown).all()
    for unknown in (relative_at(wrong, [], at, TIMES), first_known_relative_at(wrong, [nobody], at, TIMES)):
        assert np.isnan(unknown).all()


def test_an_exchange_without_a_calendar_is_unknown() -> None:
    own = closes_of("WEST", {session: 1.0 + n for n, session in enumerate(TIMES["WEST"].date.tolist())})
    here, there = session_opens("WEST", TIMES["WEST"], 0), SessionOpens("MARS", TIMES["WEST"].open)
    for function in (relative_at, first_known_relative_at):
        assert np.isfinite(function(own, [own], here, TIMES)).any()
        assert np.isnan(function(own, [own], there, TIMES)).all()
