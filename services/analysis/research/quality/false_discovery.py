"""The procedure of Benjamini and Hochberg (1995).

``scipy.stats`` has it too, and takes longer to import than all else that records of signals need.
"""

from __future__ import annotations

import numpy as np

from services.analysis.research.quality.machine_code import Floats


def q_values(p: Floats) -> Floats:
    """For each p-value the share of false discoveries that is to be expected if it and all smaller ones are called discoveries."""
    falling = np.argsort(p)[::-1]
    ranks = np.arange(len(p), 0, -1)
    found = np.empty(len(p))
    found[falling] = np.minimum(np.minimum.accumulate(p[falling] * (len(p) / ranks)), 1.0)
    return found
