"""Historical value at risk: the 5 % quantile of returns, interpolated linearly. Unit: return of a bar; a loss is below 0.

The same as empyrical's ``value_at_risk`` and vectorbt's.
"""

from __future__ import annotations

import numpy as np

from services.analysis.research.metrics.performance import Performance

LEVEL = 0.05
LEAST = 20
"""Returns below which there is no twentieth part."""


def value_at_risk(run: Performance) -> float | None:
    """None for fewer than 20 returns."""
    return float(np.quantile(run.returns, LEVEL)) if run.returns is not None and len(run.returns) >= LEAST else None
