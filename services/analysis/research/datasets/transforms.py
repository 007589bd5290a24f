"""The centre and the scale of each feature, from the bars of train alone."""

from __future__ import annotations

import numpy as np

from services.analysis.kernels.indicators.kind import Floats
from shared.run_options.dataset import Scaling


def fitted(values: Floats, scaling: Scaling) -> dict[str, float | int | None]:
    """Centre and scale of a feature over the bars of train, (bars,); what is not known is left out.

    ``standard``: mean and standard deviation (n - 1). ``robust``: median and interquartile range. Null where there are fewer than
    two values, and a null scale where they do not vary.
    """
    known = values[np.isfinite(values)]
    found: dict[str, float | int | None] = {"centre": None, "scale": None, "known": len(known), "unknown": len(values) - len(known)}
    if len(known) < 2:
        return found
    if scaling == "standard":
        centre, scale = known.mean(), known.std(ddof=1)
    else:
        low, centre, high = np.quantile(known, (0.25, 0.5, 0.75))
        scale = high - low
    found["centre"] = float(centre)
    found["scale"] = float(scale) if scale > 1e-12 * max(1.0, abs(centre)) else None
    return found
