"""The method finds nothing where nothing is, and an edge where one was planted."""

from __future__ import annotations

import numpy as np
import pytest

from services.analysis.research.quality.records import records
from tests.research.quality.markets import KERNELS, NULLS, PLANTED, RULES, planted
from tests.sizes import THOROUGH

pytestmark = pytest.mark.timeout(900)
SEEDS = 200 if THOROUGH else 24
"""For each kind of market; ``python -m bench --only quality`` runs 200 on larger markets."""
POWER_SEEDS = 50 if THOROUGH else 8
BARS, INSTRUMENTS = (2520, 10) if THOROUGH else (1300, 4)


@pytest.mark.parametrize("null", NULLS)
def test_without_an_edge_validated_records_stay_within_the_nominal_rate(null: str) -> None:
    sets_with_any, validated, p_values = 0, 0, list[float]()
    tested = 0
    for seed in range(SEEDS):
        found = records(NULLS[null](seed, BARS, INSTRUMENTS), RULES, KERNELS, levels=("all",))
        count = sum(each.validated for each in found)
        sets_with_any, validated = sets_with_any + (count > 0), validated + count
        p_values += [each.p_value for each in found if each.p_value is not None]
        tested += found[0].tried
    assert tested > 20 * SEEDS
    assert sets_with_any <= 0.10 * SEEDS
    assert validated <= 0.01 * tested
    assert np.mean(np.array(p_values) < 0.05) <= 0.065
    assert np.mean(np.array(p_values) < 0.01) <= 0.015


def test_a_planted_edge_is_found() -> None:
    found = [
        records(planted(seed, 1800, INSTRUMENTS, 0.03), (*RULES, PLANTED), KERNELS, levels=("all",)) for seed in range(POWER_SEEDS)
    ]
    known = [next(each for each in many if each.key == PLANTED and each.horizon == 5) for many in found]
    assert sum(each.validated for each in known) >= 0.8 * len(known)
    of_validated = [each.figures.mean - each.figures.base for each in known if each.validated]
    assert abs(float(np.mean(of_validated)) - 0.03) < 0.008
    others = sum(each.validated for many in found for each in many if each.key != PLANTED)
    assert others <= 0.02 * sum(many[0].tried for many in found)
