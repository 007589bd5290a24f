"""How many independent trials a search is worth.

Bailey and López de Prado (2014), appendix 3: trials whose returns have the mean correlation r count as r + (1 - r) x trials.
"""

from __future__ import annotations

import numpy as np

from services.analysis.kernels.indicators.kind import Floats


def effective_trials(returns: Floats) -> float:
    """Of ``returns`` (trials, bars). Trials without variance count as independent ones; a mean correlation below 0 counts as 0.

    >>> round(effective_trials(np.array([[1.0, 2.0, 4.0]] * 5)), 6), effective_trials(np.ones((3, 4)))
    (1.0, 3.0)
    """
    trials = len(returns)
    if trials < 2:
        return float(trials)
    total, varying = np.zeros(returns.shape[1]), 0
    for row in returns:  # one at a time: a table of centred returns would be as large as the returns
        centred = row - row.mean()
        length = float(np.sqrt(centred @ centred))
        if length > 0.0 and np.isfinite(length):
            total += centred / length
            varying += 1
    pairs = trials * (trials - 1)
    correlation = min(max((float(total @ total) - varying) / pairs, 0.0), 1.0)
    return correlation + (1.0 - correlation) * trials
