"""Statistics of choices among many trials: the numbers of the papers, plain recomputations, and input without an answer."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from scipy.stats import kurtosis, norm, skew

from services.analysis.research.overfitting.cross_validation import NoCrossValidationError, overfitting_probability
from services.analysis.research.overfitting.judgement import judged
from services.analysis.research.overfitting.sharpe_distribution import (
    SharpeSample,
    deflated_sharpe,
    expected_maximum,
    probabilistic_sharpe,
    sharpe_ratios,
    sharpe_sample,
)
from services.analysis.research.overfitting.splits import SplitError, combinatorial, paths, walk_forward
from services.analysis.research.overfitting.trials import effective_trials

DEVIATION = math.sqrt(0.5 / 250)
"""The example of 2014: ratios of a year with variance 1/2, 250 bars a year."""


def test_the_examples_of_the_deflated_sharpe_ratio() -> None:
    """Bailey and López de Prado (2014), "A numerical example": a yearly ratio of 2.5 on 1250 days, skewness -3, kurtosis 10."""
    fat, normal = (SharpeSample(2.5 / math.sqrt(250), 1250, *moments) for moments in ((-3.0, 10.0), (0.0, 3.0)))
    assert expected_maximum(100, DEVIATION) == pytest.approx(0.1132, abs=5e-5)
    assert deflated_sharpe(fat, 100, DEVIATION) == pytest.approx(0.9004, abs=5e-5)
    assert deflated_sharpe(fat, 46, DEVIATION) == pytest.approx(0.9505, abs=5e-5)
    assert deflated_sharpe(normal, 88, DEVIATION) == pytest.approx(0.9505, abs=5e-5)


def test_the_example_of_the_probabilistic_sharpe_ratio() -> None:
    """Bailey and López de Prado (2012), table 2: 24 monthly returns with a ratio of 0.458."""
    assert probabilistic_sharpe(SharpeSample(0.458, 24, -2.448, 10.164)) == pytest.approx(0.913, abs=5e-4)
    assert probabilistic_sharpe(SharpeSample(0.458, 24, 0.0, 3.0)) == pytest.approx(0.982, abs=5e-4)


@pytest.mark.parametrize("bars", [2, 3, 24, 2520])
def test_samples_are_those_of_scipy_to_the_last_bit(bars: int) -> None:
    for returns in np.random.default_rng(bars).standard_t(3, (50, bars)) * 0.01:
        sample = sharpe_sample(returns)
        assert sample is not None
        assert (sample.skewness, sample.kurtosis) == (skew(returns), kurtosis(returns, fisher=False))
        deviation = math.sqrt(1.0 - sample.skewness * sample.sharpe + (sample.kurtosis - 1.0) / 4.0 * sample.sharpe**2)
        assert probabilistic_sharpe(sample, 0.01) == norm.cdf((sample.sharpe - 0.01) * math.sqrt(bars - 1) / deviation)


def test_the_expected_maximum_is_that_of_random_trials() -> None:
    drawn = np.random.default_rng(3).normal(0.0, 2.0, (4000, 100)).max(axis=1)
    assert expected_maximum(100, 2.0) == pytest.approx(drawn.mean(), rel=0.02)
    assert expected_maximum(1, 2.0) == 0.0
    assert expected_maximum(10, 1.0) == pytest.approx(1.54, rel=0.03)  # 1.5388 exactly; the formula is for many trials
    with pytest.raises(ValueError, match=r"trials: 0\.5"):
        expected_maximum(0.5, 1.0)


def test_no_variance_is_no_sharpe_ratio() -> None:
    rows = np.array([[0.01] * 6, [0.0] * 6, [0.01, 0.0] * 3, [np.nan] * 6])
    assert np.isnan(sharpe_ratios(rows)).tolist() == [True, True, False, True]
    assert sharpe_sample(rows[0]) is None
    assert sharpe_sample(rows[2, :1]) is None
    assert probabilistic_sharpe(SharpeSample(1.0, 10, 5.0, 3.0)) is None


def plain_cscv(returns: np.ndarray, blocks: int) -> list[float]:
    """The steps of the paper, one half at a time."""
    cut = np.array_split(np.arange(returns.shape[1]), blocks)
    logits = []
    for inside in combinations(range(blocks), blocks // 2):
        first = np.concatenate([cut[k] for k in inside])
        second = np.concatenate([cut[k] for k in range(blocks) if k not in inside])
        ratios = [returns[:, at].mean(axis=1) / returns[:, at].std(axis=1, ddof=1) for at in (first, second)]
        best = int(np.argmax(ratios[0]))
        rank = 1 + sum(ratio < ratios[1][best] for ratio in ratios[1])
        share = rank / (len(returns) + 1)
        logits.append(math.log(share / (1 - share)))
    return logits


def test_cross_validation_is_the_steps_of_the_paper() -> None:
    returns = np.random.default_rng(1).normal(0.0005, 0.01, (13, 240))
    found = overfitting_probability(returns, 8)
    assert found.logits == pytest.approx(plain_cscv(returns, 8))
    assert found.halves == math.comb(8, 4)
    assert found.probability == np.mean(np.array(plain_cscv(returns, 8)) <= 0)
    assert overfitting_probability(returns, 16).halves == 12_870  # the number that the paper states for 16 blocks


def test_the_cases_whose_probability_is_known() -> None:
    """Where all sums are 0, the better in sample, the worse out of sample (the paper's full overfit): 1. Best always: 0."""
    rng = np.random.default_rng(2)
    means = rng.normal(0, 0.01, (20, 8))
    means -= means.mean(axis=1, keepdims=True)
    full = (means[:, :, None] + 0.02 * np.tile([1.0, -1.0], 10)).reshape(20, -1)
    assert overfitting_probability(full, 8).probability == 1.0
    skilled = rng.normal(0, 0.01, (20, 160))
    skilled[7] += 0.05
    found = overfitting_probability(skilled, 8)
    assert (found.probability, found.loss) == (0.0, 0.0)
    drawn = [overfitting_probability(rng.normal(0, 0.01, (20, 160)), 8).probability for _ in range(100)]
    assert 0.42 < np.mean(drawn) < 0.58


def test_input_that_cannot_be_cross_validated_is_an_error() -> None:
    rng = np.random.default_rng(4)
    good = rng.normal(0, 0.01, (5, 64))
    for returns, blocks, message in (
        (good[:1], 8, "configurations: 1"),
        (good, 7, "blocks: 7"),
        (good[:, :15], 8, "periods: 15"),
        (np.full((5, 64), 0.01), 8, "no configuration has a Sharpe ratio"),
        (np.where(good > 0.02, np.nan, np.where(good == good.max(), np.inf, good)), 8, "not finite"),
    ):
        with pytest.raises(NoCrossValidationError, match=message):
            overfitting_probability(returns, blocks)
    flat = np.concatenate([np.full((10, 64), 0.02), good[:2] - 0.01])
    assert overfitting_probability(flat, 8).loss == 1.0, "a return without variance is no perfect ratio"


def test_trials_that_are_alike_count_once() -> None:
    rng = np.random.default_rng(5)
    one, apart = rng.normal(size=500), rng.normal(size=(40, 500))
    assert effective_trials(np.tile(one, (40, 1))) == pytest.approx(1.0)
    assert 38 < effective_trials(apart) <= 40
    mixed = np.sqrt(0.5) * one + np.sqrt(0.5) * apart
    assert effective_trials(mixed) == pytest.approx(np.mean(np.corrcoef(mixed)[np.triu_indices(40, 1)]) * -39 + 40, rel=1e-9)


def plain_train(bars: int, test: set[int], holding: int, embargo: int) -> list[int]:
    """Each bar by itself: no position of train and one of the test part are open at the same time."""
    return [
        i for i in range(bars)
        if i not in test and not any(i < j <= i + holding or j < i <= j + holding + embargo for j in test)
    ]  # fmt: skip


@pytest.mark.parametrize(("groups", "tested"), [(4, 1), (5, 2), (6, 3)])
@pytest.mark.parametrize(("holding", "embargo"), [(0, 0), (3, 0), (2, 4)])
def test_combinatorial_splits_are_purged_and_embargoed(groups: int, tested: int, holding: int, embargo: int) -> None:
    bars = 101
    folds = combinatorial(bars, groups, tested, holding=holding, embargo=embargo)
    assert len(folds) == math.comb(groups, tested)
    for fold in folds:
        assert fold.train.tolist() == plain_train(bars, {*fold.test.tolist()}, holding, embargo)
    every = paths(folds, groups)
    assert len(every) == math.comb(groups, tested) * tested // groups
    assert all(group in folds[number].parts for path in every for group, number in enumerate(path))
    assert len({tuple(path) for path in every}) == len(every)


def test_walk_forward_never_looks_ahead() -> None:
    anchored, rolling = walk_forward(100, 4, holding=5), walk_forward(100, 4, holding=5, window=1)
    assert [fold.test[0] for fold in anchored] == [fold.test[0] for fold in rolling] == [20, 40, 60, 80]
    for one, other in zip(anchored, rolling, strict=True):
        begins = int(one.test[0])
        assert one.train.tolist() == list(range(begins - 5))
        assert other.train.tolist() == list(range(begins - 20, begins - 5))


def test_splits_that_are_not_possible_are_errors() -> None:
    with pytest.raises(SplitError, match="holding: 50 bars leave 0 bars of train"):
        walk_forward(100, 4, holding=50)
    with pytest.raises(SplitError, match="folds: 0 parts"):
        walk_forward(100, 0, holding=1)
    with pytest.raises(SplitError, match="tested: 3 of 3"):
        combinatorial(100, 3, 3, holding=1, embargo=1)
    with pytest.raises(SplitError, match="184,756 splits"):
        combinatorial(10_000, 20, 10, holding=1, embargo=1)
    with pytest.raises(SplitError, match="5 bars make no 4 parts"):
        combinatorial(5, 4, 1, holding=1, embargo=1)


def test_a_good_mean_hides_no_failing_part() -> None:
    assert judged(2.0, [3.0, 3.0, -0.5]) == judged(9.0, [3.0, 3.0, -0.5]).__class__(2.0, -0.5, (3,), False)
    unknown = judged(2.0, [3.0, None, 0.0])
    assert (unknown.worst, unknown.failing, unknown.holds) == (None, (2, 3), False)
    assert judged(None, [1.0]).holds is False
    with pytest.raises(ValueError, match="there are none"):
        judged(1.0, [])
