"""All kernels on impossible bars, with access checks: ``NUMBA_BOUNDSCHECK=1 python -m tests.analysis.checked FOLDER``."""

from __future__ import annotations

import sys
from pathlib import Path

import numba
import numpy as np

from services.analysis.kernels import machine_code
from services.analysis.kernels.indicators.kind import Bars
from services.analysis.kernels.indicators.table import KINDS
from services.analysis.kernels.patterns.layout import COLUMNS
from services.analysis.kernels.patterns.whole_series import history as patterns
from services.analysis.kernels.patterns.whole_series import no_patterns
from services.analysis.kernels.plan import plan
from services.analysis.kernels.signatures import PatternKernels, PriceArrays, SeriesKernels
from services.analysis.kernels.whole_series import history
from tests.analysis.samples import wrong

EVERY = plan([(kind.name, example) for kind in KINDS for example in kind.examples], [])
DEFAULT = plan()


def run(series: SeriesKernels, shapes: PatternKernels, bars: Bars) -> int:
    """Indicators, rules and patterns over some bars. Returns the number of bars."""
    history(series, EVERY, bars)
    past = history(series, DEFAULT, bars)
    assert np.isin(past.fired, (-1, 0, 1)).all()
    count = len(bars.close)
    values = dict(zip(DEFAULT.columns, past.values, strict=True))
    time, measures = np.arange(count, dtype=np.int64), (values[name] for name in COLUMNS)
    patterns(shapes, no_patterns(), PriceArrays(bars.high, bars.low, bars.close, bars.volume, time, *measures))
    return count


@numba.njit
def outside(values: np.ndarray, at: int) -> float:
    """Reads ``values[at]``."""
    return float(values[at])


if __name__ == "__main__":
    try:
        outside(np.zeros(3), 3)
    except IndexError:
        print("an access outside is detected")
    folder = Path(sys.argv[1])
    for number in range(40):
        run(machine_code.load(folder), machine_code.load_patterns(folder), wrong(number))
    print("40 series")
