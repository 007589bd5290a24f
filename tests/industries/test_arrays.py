"""The functions over whole histories, against the plain ones, on made-up markets with holidays, gaps and newcomers."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.analysis.industries.domain.movers import movers
from services.analysis.kernels.groups.aligned import AlignedCloses, aligned, carried, newest_of
from services.analysis.kernels.groups.averages import above_average
from services.analysis.kernels.groups.breadth import breadth, fraction_of_ones, moves
from services.analysis.kernels.groups.comovement import comovement
from services.analysis.kernels.groups.strength import strength
from tests.industries import plain
from tests.sizes import examples

START = dt.date(2024, 2, 20)
DAYS = [int((START + dt.timedelta(days=n)).strftime("%Y%m%d")) for n in range(60)]


@st.composite
def markets(draw: st.DrawFn) -> dict[str, plain.History]:
    """Some members: each trades on most days, may start late, end early, or pause for weeks; prices are constant at times."""
    found: dict[str, plain.History] = {}
    for name in draw(st.lists(st.sampled_from("ABCDEF"), min_size=1, max_size=5, unique=True)):
        first, last = sorted(draw(st.tuples(st.integers(0, 59), st.integers(0, 59))))
        rest = draw(st.integers(0, 59))
        resting = range(rest, rest + draw(st.integers(0, 20)))
        seed = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
        price, history = 100.0, {}
        for n in range(first, last + 1):
            price = round(price * float(seed.choice([1.0, 1.0, 1.02, 0.98, 1.1])), 2)
            if n not in resting and seed.random() < 0.8:
                history[DAYS[n]] = price
        found[name] = history
    return found


def side_by_side(market: dict[str, plain.History]) -> AlignedCloses:
    return aligned({name: (sorted(history), [history[day] for day in sorted(history)]) for name, history in market.items()})


def same(got: float, due: float | None) -> bool:
    return math.isnan(got) if due is None else math.isclose(got, due, rel_tol=0, abs_tol=1e-12)


@settings(max_examples=examples(60), deadline=None)
@given(markets(), st.integers(1, 25))
def test_strength_is_as_defined_and_the_newest_row_alone_is_bit_equal(market: dict[str, plain.History], n: int) -> None:
    side = side_by_side(market)
    filled = carried(side.days, side.closes)
    sessions = sorted({day for history in market.values() for day in history})
    for member, name in enumerate(side.symbols):
        others = [column for column in range(len(side.symbols)) if column != member]
        whole = strength(side.closes, filled, member, others, n)
        peers = [market[side.symbols[other]] for other in others]
        for row, session in enumerate(sessions):
            assert same(whole[row], plain.strength(market[name], peers, n, session)), (name, session)
        newest = strength(side.closes, filled, member, others, n, newest=True)
        assert np.isfinite(newest).sum() <= 1
        assert np.array_equal(newest_of(side, member, newest), newest_of(side, member, whole), equal_nan=True)


@settings(max_examples=examples(60), deadline=None)
@given(markets(), st.integers(2, 25))
def test_beta_and_correlation_are_as_defined_and_the_newest_row_alone_is_bit_equal(
    market: dict[str, plain.History], n: int
) -> None:
    side = side_by_side(market)
    filled = carried(side.days, side.closes)
    sessions = sorted({day for history in market.values() for day in history})
    for member, name in enumerate(side.symbols):
        others = [column for column in range(len(side.symbols)) if column != member][: 1 + member]
        whole = comovement(side.closes, filled, member, others, n)
        for row, session in enumerate(sessions):
            due = plain.comovement(market[name], [market[side.symbols[other]] for other in others], n, session)
            assert all(same(got[row], value) for got, value in zip(whole, due, strict=True)), (name, session)
        newest = comovement(side.closes, filled, member, others, n, newest=True)
        for one, row_of_all in zip(newest, whole, strict=True):
            assert np.isfinite(one).sum() <= 1
            assert np.array_equal(newest_of(side, member, one), newest_of(side, member, row_of_all), equal_nan=True)


def test_a_member_of_twice_the_moves_has_a_beta_of_two() -> None:
    moves = np.random.default_rng(4).normal(0, 0.01, 200)
    closes = np.stack([np.cumprod(1 + 2 * moves), np.cumprod(1 + moves), np.ones(200)], axis=1)
    beta, correlation = comovement(closes, closes, 0, [1], 63)
    assert np.isnan(beta[:63]).all()
    np.testing.assert_allclose(beta[63:], 2.0, rtol=1e-9)
    np.testing.assert_allclose(correlation[63:], 1.0, rtol=1e-9)
    for unknown in comovement(closes, closes, 0, [2], 63):
        assert np.isnan(unknown).all(), "a benchmark that stands still has nothing to go with"
    beta, correlation = comovement(closes, closes, 2, [1], 63)
    assert (beta[63:] == 0).all()
    assert np.isnan(correlation).all()


@settings(max_examples=examples(60), deadline=None)
@given(markets(), st.integers(1, 12))
def test_averages_are_as_defined_and_the_newest_row_alone_is_the_same(market: dict[str, plain.History], n: int) -> None:
    side = side_by_side(market)
    whole, newest = above_average(side.closes, n), above_average(side.closes, n, newest=True)
    sessions = sorted({day for history in market.values() for day in history})
    for member, name in enumerate(side.symbols):
        for row, session in enumerate(sessions):
            due = plain.above(market[name], n, session)
            assert np.isnan(whole[row, member]) if due is None else bool(whole[row, member]) == due
        assert np.array_equal(newest_of(side, member, newest[:, member]), newest_of(side, member, whole[:, member]), equal_nan=True)


@settings(max_examples=examples(60), deadline=None)
@given(markets())
def test_breadth_is_as_defined(market: dict[str, plain.History]) -> None:
    side = side_by_side(market)
    found = breadth(moves(side.closes))
    sessions = sorted({day for history in market.values() for day in history})
    for row, session in enumerate(sessions):
        up, down, still, missing, median = plain.breadth([plain.move(history, session) for history in market.values()])
        got = (found.advances[row], found.declines[row], found.unchanged[row], found.missing[row])
        assert got == (up, down, still, missing)
        assert sum(got) == len(market)
        assert same(found.median[row], median)


@given(st.dictionaries(st.text("ABCDEFGH", min_size=1, max_size=3), st.floats(-0.5, 0.5), max_size=12))
def test_movers_are_the_extremes_and_no_member_is_both(moved: dict[str, float]) -> None:
    leaders, laggards = movers(moved)
    assert not set(leaders) & set(laggards)
    assert len(leaders) + len(laggards) == min(6, len(moved))
    rest = [move for symbol, move in moved.items() if symbol not in leaders]
    assert all(moved[leader] >= move for leader in leaders for move in rest)
    assert all(moved[laggard] <= moved[s] for laggard in laggards for s in moved if s not in laggards)
    assert [moved[s] for s in leaders] == sorted((moved[s] for s in leaders), reverse=True)
    assert [moved[s] for s in laggards] == sorted(moved[s] for s in laggards)


def test_a_share_is_of_those_that_are_known() -> None:
    fractions, counts = fraction_of_ones(np.array([[1.0, 0.0, np.nan], [np.nan, np.nan, np.nan]]))
    assert fractions[0] == 0.5
    assert np.isnan(fractions[1])
    assert counts.tolist() == [2, 0]


@pytest.mark.parametrize("closes", [np.empty((0, 0)), np.empty((0, 3)), np.full((4, 2), np.nan)])
def test_unknown_closes_give_unknown_measures(closes: np.ndarray) -> None:
    days = np.arange(len(closes))
    assert not np.isfinite(carried(days, closes)).any()
    assert not np.isfinite(above_average(closes, 2)).any()
    assert breadth(moves(closes)).advances.sum() == 0
    if closes.shape[1]:
        assert not np.isfinite(strength(closes, carried(days, closes), 0, [1], 1)).any()
