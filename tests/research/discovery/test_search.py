"""The search finds nothing where nothing is, and a sequence where one was planted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import false_discovery_control

from services.analysis.research.discovery import mining
from services.analysis.research.discovery.candidate import Candidate
from services.analysis.research.discovery.edges import Part, edges
from services.analysis.research.discovery.mining import frequent
from services.analysis.research.discovery.past import Past
from services.analysis.research.discovery.search import Search, SearchRange, search
from services.analysis.research.domain.run_record import RunError
from services.analysis.research.quality.evidence import LEAST
from services.analysis.research.quality.windows import Prices
from tests.research.discovery.markets import FIRST, HORIZON, LAST, STEPS, WITHIN, walk
from tests.research.quality.markets import KERNELS

ASKED = SearchRange(size=1, least=30, most=60, horizons=(1, 5))
SEEDS = 10
"""Of each kind; 40 sets of 6 instruments had findings in 1 and in 4."""
PLANTED = Candidate(LAST, FIRST)


def found(pasts: list[Past], asked: SearchRange = ASKED) -> Search:
    return search(pasts, STEPS, asked, KERNELS, lambda *_: None)


@pytest.mark.parametrize("shuffled", [False, True])
def test_without_an_edge_findings_stay_within_the_stated_rate(shuffled: bool) -> None:
    """At most a tenth of the sets has a finding. Shuffled: an edge was planted, then the returns were put in another order."""
    with_any, p_values, judged = 0, list[float](), 0
    for seed in range(SEEDS):
        made = found(walk(seed, instruments=4, edge=0.04 if shuffled else 0.0, shuffled=shuffled))
        with_any += any(each.validated for each in made.judged)
        p_values += [each.p_value for each in made.judged if each.effective >= LEAST]
        judged += len(made.judged)
    assert judged > 15 * SEEDS
    assert len(p_values) > 10 * SEEDS
    assert with_any <= 0.10 * SEEDS
    assert np.mean(np.array(p_values) < 0.05) <= 0.07
    assert np.mean(np.array(p_values) < 0.01) <= 0.02


def test_a_planted_sequence_is_found() -> None:
    for seed in range(2):
        made = found(walk(seed, edge=0.03))
        best = made.judged[0]
        assert best.first.candidate == PLANTED
        assert best.validated
        assert best.first.horizon == HORIZON
        assert abs(best.mean - best.base - 0.03) < 0.01


def test_the_q_values_are_of_all_candidates() -> None:
    made = found(walk(3, instruments=4))
    known = false_discovery_control([each.p_value for each in made.judged])
    np.testing.assert_allclose([each.q_value for each in made.judged], known)
    assert made.frequent > len(made.judged)
    assert made == found(walk(3, instruments=4)), "the same input gives the same numbers"


def turned(prices: Prices, split: int) -> Prices:
    """The prices with other ones from a date on."""
    return prices._replace(close=np.where(prices.day >= split, prices.close[::-1], prices.close))


def test_the_rest_decides_no_candidate_and_the_first_part_judges_none() -> None:
    """Another future gives the same candidates; another past, of the same candidates, the same judgement."""
    pasts = walk(5, instruments=4)
    made = found(pasts)
    other = [replace(each, prices=turned(each.prices, made.split)) for each in pasts]
    again = found(other)
    assert {each.first for each in made.judged} == {each.first for each in again.judged}
    assert [each.p_value for each in made.judged] != [each.p_value for each in again.judged]


@pytest.mark.parametrize("most", [10_000, 100])
def test_frequent_candidates_are_those_that_counting_gives(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a sample too: what it gives is counted on all transactions."""
    monkeypatch.setattr(mining, "MOST_TRANSACTIONS", most)
    pasts, split = walk(7), int(walk(7)[0].prices.day[900])
    mined = frequent(pasts, STEPS, split, 2, 40, lambda *_: None)

    def count(candidate: Candidate) -> int:
        return sum(int(np.count_nonzero(candidate.fires(past)[past.part(0, split)])) for past in pasts)

    assert len(mined) == len(set(mined))
    assert all(count(each) >= 40 for each in mined)
    sides = [
        Candidate(last, before, (), states) for last in range(10) for before in (None, *range(10)) for states in ((), (0,), (1,))
    ]
    sides += [Candidate(a, None, (b,)) for a in range(10) for b in range(a + 2, 10, 2)]
    expected = {each for each in sides if each != Candidate(each.last) and count(each) >= 40}
    missing = expected - set(mined)
    assert len(expected) > 150
    assert len(missing) <= (0 if most == 10_000 else 0.1 * len(expected))


def test_a_window_that_crosses_the_split_belongs_to_no_part() -> None:
    pasts = walk(1, instruments=1)
    split = int(pasts[0].prices.day[700])
    every = [replace(pasts[0], fired=np.ones_like(pasts[0].fired))]
    parts = [Part.of(every, first, last, KERNELS) for first, last in ((0, split), (split, 10**6))]
    found_in = [edges(each, each.fired([Candidate(0)]), 1, 20, 0.001, 1) for each in parts]
    assert [int(each.figures.signals[0]) for each in found_in] == [700 - 20, 700 - 20]


def test_too_much_or_too_little_is_refused_with_the_count(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RunError, match="each part needs 250 dates, there are 300 in all"):
        found(walk(1, bars=300))
    monkeypatch.setattr(mining, "MOST", 50)
    with pytest.raises(RunError, match=r"more than \d+ candidates fire 30 times before the split, after \d of 10 signals"):
        found(walk(1))
    monkeypatch.setattr(mining, "MOST_SETS", 5)
    with pytest.raises(RunError, match=r"up to \d+ combinations with one signal alone, at most 5 are searched: raise least"):
        found(walk(1))


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "mlxtend.frequent_patterns", None)
    with pytest.raises(RunError, match="needs the package mlxtend, which is not installed: run `make setup-research`"):
        found(walk(1))


def test_an_earlier_signal_counts_on_the_bars_after_it_alone() -> None:
    fired = np.zeros((1, 12), np.bool_)
    fired[0, [2, 9]] = True
    past = replace(walk(1, bars=400, instruments=1)[0], fired=fired)
    assert np.flatnonzero(past.before[0]).tolist() == [*range(3, 3 + WITHIN), 10, 11]
