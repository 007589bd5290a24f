"""Probabilistic and deflated Sharpe ratios.

Bailey and López de Prado (2012), "The Sharpe Ratio Efficient Frontier", Journal of Risk 15(2): the probability that the true ratio
is above a benchmark, for returns with skewness and fat tails. Bailey and López de Prado (2014), "The Deflated Sharpe Ratio",
Journal of Portfolio Management 40(5): the benchmark is the highest ratio that so many trials without skill are expected to show.

All ratios are those of one bar, not of a year.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from services.analysis.kernels.indicators.kind import Floats

SAME = 1e-9
"""A spread below this share of the largest value is rounding, and counts as none."""


@dataclass(frozen=True)
class SharpeSample:
    """What a sample of returns says about a Sharpe ratio."""

    sharpe: float
    length: int
    """Returns."""
    skewness: float
    kurtosis: float
    """3 for a normal distribution."""


def sharpe_ratios(returns: Floats) -> Floats:
    """The ratio of each row of ``returns`` (rows, bars): mean / standard deviation (n - 1). NaN without variance or two bars.

    >>> sharpe_ratios(np.array([[0.01, 0.03], [0.02, 0.02]])).round(4).tolist()
    [1.4142, nan]
    """
    if returns.shape[1] < 2:
        return np.full(len(returns), np.nan)
    with np.errstate(invalid="ignore", over="ignore"):
        deviation = returns.std(axis=1, ddof=1)
        varies = deviation > SAME * np.abs(returns).max(axis=1)
        return np.where(varies, returns.mean(axis=1) / np.where(varies, deviation, 1.0), np.nan)


def sharpe_sample(returns: Floats) -> SharpeSample | None:
    """Of returns (bars,). None if they have no Sharpe ratio."""
    ratio = float(sharpe_ratios(returns[None, :])[0])
    if not math.isfinite(ratio):
        return None
    from scipy.stats import kurtosis, skew  # takes a second to import: deferred to the first judgement

    return SharpeSample(ratio, len(returns), float(skew(returns)), float(kurtosis(returns, fisher=False)))


def probabilistic_sharpe(sample: SharpeSample, benchmark: float = 0.0) -> float | None:
    """Probability that the true ratio is above a benchmark (2012, equation 11). None where the formula has no variance.

    >>> round(probabilistic_sharpe(SharpeSample(0.458, 24, -2.448, 10.164)), 3)
    0.913
    """
    variance = 1.0 - sample.skewness * sample.sharpe + (sample.kurtosis - 1.0) / 4.0 * sample.sharpe**2
    if not variance > 0.0 or sample.length < 2:
        return None
    return float(ndtr((sample.sharpe - benchmark) * math.sqrt(sample.length - 1) / math.sqrt(variance)))


def expected_maximum(trials: float, deviation: float) -> float:
    """The highest ratio that trials without skill are expected to show (2014, equation 1).

    ``trials``: independent ones, at least 1; ``deviation``: standard deviation of their ratios. One trial is no choice: 0.

    >>> round(expected_maximum(100, math.sqrt(0.5 / 250)), 4)
    0.1132
    """
    if not trials >= 1.0 or not deviation >= 0.0:
        raise ValueError(f"trials: {trials!r} must be at least 1, and the deviation {deviation!r} at least 0")
    if trials == 1.0:
        return 0.0
    quantiles = ndtri([1.0 - 1.0 / trials, 1.0 - 1.0 / (trials * math.e)])
    return float(deviation * ((1.0 - np.euler_gamma) * quantiles[0] + np.euler_gamma * quantiles[1]))


def deflated_sharpe(sample: SharpeSample, trials: float, deviation: float) -> float | None:
    """Probability that the true ratio is above what so many trials without skill would show (2014, equation 2).

    >>> round(deflated_sharpe(SharpeSample(2.5 / math.sqrt(250), 1250, -3.0, 10.0), 100, math.sqrt(0.5 / 250)), 4)
    0.9004
    """
    return probabilistic_sharpe(sample, expected_maximum(trials, deviation))
