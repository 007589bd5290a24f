"""Merging, measured on the untouched part of the labelled sample."""

from __future__ import annotations

import itertools

from services.analysis.news.domain.resemblance import HOUR_MS, Traits, margin, traits
from tests.news.labelled import headlines, links, pairs, vectors


def sample() -> list[Traits]:
    return [traits(each.title, links(each.title)) for each in headlines()]


async def test_precision_and_recall_on_the_untouched_part() -> None:
    found, vector, read = headlines(), await vectors(), sample()
    counts = {(merged, same): 0 for merged in (True, False) for same in (True, False)}
    wrong = []
    for i, j, same in pairs(tuning=False):
        gap = abs(found[i].hours - found[j].hours) * HOUR_MS
        merged = margin(read[i], read[j], float(vector[i] @ vector[j]), 0.0, gap) is not None
        counts[merged, same] += 1
        if merged and not same:
            wrong.append((found[i].title, found[j].title))
    assert sum(counts.values()) >= 400
    assert counts[True, True] + counts[False, True] >= 200
    precision = counts[True, True] / (counts[True, True] + counts[True, False])
    recall = counts[True, True] / (counts[True, True] + counts[False, True])
    assert precision >= 0.97, wrong
    assert recall >= 0.85, counts


def test_the_sample_has_both_languages_and_pairs_across_them() -> None:
    read = sample()
    kinds = [0, 0, 0]
    for i, j, same in itertools.chain(pairs(tuning=True), pairs(tuning=False)):
        kinds[read[i].korean + read[j].korean] += same
    english, across, korean = kinds
    assert english >= 80
    assert korean >= 40
    assert across >= 200


async def test_unrelated_headlines_of_one_hour_stay_apart() -> None:
    """Every pair of two families: a mesh has thousands of unrelated headlines, so that a rare error is a wrong merge every hour."""
    found, vector, read = headlines(), await vectors(), sample()
    cosines = vector @ vector.T
    untouched = [place for place, each in enumerate(found) if not each.tuning]
    tried = wrong = 0
    for i, j in itertools.combinations(untouched, 2):
        if found[i].family != found[j].family:
            tried += 1
            wrong += margin(read[i], read[j], float(cosines[i, j]), 0.0, 0) is not None
    assert tried > 20_000
    assert wrong / tried < 0.001
