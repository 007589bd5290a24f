"""The parts of a data set: train, validation and test in the order of time, purged and embargoed.

A bar is purged where one of its labels reads a bar of a later part: what it learns is the answer of that part. The embargo leaves
out the first bars of each later part, whose features still describe the time in which labels of the part before end.
López de Prado (2018), "Advances in Financial Machine Learning", chapter 7.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from services.analysis.kernels.indicators.kind import Int64s
from services.analysis.research.domain.run_record import RunError

USED: Final = ("train", "validation", "test")
PARTS: Final = (*USED, "purged", "embargoed", "unlabelled")
"""By code. The last three are in the files too, and no model is to read them for training or judging."""
PURGED, EMBARGOED, UNLABELLED = 3, 4, 5
PartCodes = npt.NDArray[np.int8]


@dataclass(frozen=True)
class Boundaries:
    """The close times at which validation and test begin."""

    validation: int
    test: int

    @classmethod
    def of(cls, ts_close: Int64s, train: float, validation: float) -> Boundaries:
        """``ts_close``: of all rows, in any order; shares are of rows. Raises RunError."""
        check_shares(train, validation)
        times, n = np.sort(ts_close), len(ts_close)
        at = int(np.floor(n * train)), int(np.floor(n * (train + validation)))
        return cls(*(int(times[min(max(1, each), n - 1)]) for each in at))


def check_shares(train: float, validation: float) -> None:
    """Raises RunError, which names the field and the value."""
    for name, share in (("train", train), ("validation", validation)):
        if not 0.0 <= share < 1.0:
            raise RunError(f"{name}: {share!r} is no share from 0 to 1", "value-within", value=share, least=0, most=1)
    if not train > 0.0 or train + validation >= 1.0 - 1e-9:
        raise RunError(
            f"train: {train:g} and validation {validation:g} leave nothing for train or test",
            "shares-whole",
            train=f"{train:g}",
            validation=f"{validation:g}",
        )


def part_codes(ts_close: Int64s, label_end: Int64s, boundaries: Boundaries, embargo: int) -> PartCodes:
    """The part of each bar of one instrument: (bars,).

    ``label_end``: the close that its labels read last, 0 where one is not known. ``embargo``: bars.
    """
    starts = np.array([boundaries.validation, boundaries.test])
    found = np.searchsorted(starts, ts_close, side="right").astype(np.int8)
    embargoed = np.zeros(len(found), np.bool_)
    for start in starts:
        first = int(np.searchsorted(ts_close, start))
        embargoed[first : first + embargo] = True
    until = np.append(starts, 2**62)[found]
    found[embargoed] = EMBARGOED
    found[label_end >= until] = PURGED
    found[label_end == 0] = UNLABELLED
    return found


def counted(codes: PartCodes) -> dict[str, int]:
    """How many bars each part has. Raises RunError where train or test has none."""
    found = {name: int(np.count_nonzero(codes == code)) for code, name in enumerate(PARTS)}
    for name in ("train", "test"):
        if not found[name]:
            raise RunError(
                f"{name}: no bar is left of {len(codes):,}: ask for a longer range, shorter labels or a shorter embargo",
                "part-empty",
                name=name,
                count=len(codes),
            )
    return found
