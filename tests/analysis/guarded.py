"""Arrays in the middle of larger ones: what a kernel reads before or behind them shows in its results, what it writes is found."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

MARGIN = 512
"""Elements before and behind; the furthest look-back of a step is shorter."""

Arrays = TypeVar("Arrays", bound=tuple[Any, ...])


class Guard:
    """Makes arrays whose surroundings hold bytes of one value."""

    def __init__(self, byte: int) -> None:
        self._byte = byte
        self._outside: list[npt.NDArray[np.uint8]] = []

    def inside(self, array: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """A copy of the array with guarded surroundings."""
        margin = MARGIN * array.dtype.itemsize
        memory = np.full(2 * margin + array.nbytes, self._byte, np.uint8)
        middle = memory[margin : margin + array.nbytes].view(array.dtype).reshape(array.shape)
        middle[...] = array
        self._outside += [memory[:margin], memory[margin + array.nbytes :]]
        return middle

    def all_inside(self, arrays: Arrays) -> Arrays:
        """A named tuple of guarded copies."""
        return type(arrays)(*map(self.inside, arrays))

    def is_intact(self) -> bool:
        """Whether nothing was written outside of any array."""
        return all((outside == self._byte).all() for outside in self._outside)
