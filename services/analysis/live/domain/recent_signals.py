"""Recent signals of every series: for each kind of signal, the newest bars on which it fired."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from services.analysis.live.domain.layout import TIMEFRAMES

BARS: Final = 64
"""Bars that are remembered, counted back from the one on which the kind fired last."""
FIRED: Final = np.dtype(
    [
        ("number", "i8"),  # number of the bar on which it fired last
        ("bars", "u8"),  # as bits: that bar, the bar before it, and so on
        ("provisional", "i8"),  # 1 + the number of the bar on which it fired last while the bar was forming
    ]
)
"""The bars on which one kind of signal fired in one series."""

_ALL: Final = (1 << BARS) - 1


class RecentSignals:
    """``fired``: dtype FIRED, shape (symbols, timeframes, kinds). Records all kinds, whether or not a sequence has them."""

    def __init__(self, kinds: int, room: int = 0) -> None:
        self.fired = np.zeros((room, len(TIMEFRAMES), kinds), FIRED)

    @property
    def arrays(self) -> tuple[npt.NDArray[Any], ...]:
        """The arrays of a checkpoint, row by row."""
        return (self.fired,)

    def with_room(self, room: int, used: int) -> RecentSignals:
        """A copy with more room."""
        grown = RecentSignals(self.fired.shape[2], room)
        grown.fired[:used] = self.fired[:used]
        return grown

    def mark(self, row: int, code: int, kind: int, number: int) -> None:
        """Records that a kind fired on bar ``number`` of a series."""
        kept: Any = self.fired[row, code, kind]
        moved = number - int(kept["number"])
        kept["bars"] = (int(kept["bars"]) << moved & _ALL if 0 <= moved < BARS else 0) | 1
        kept["number"] = number

    def bars_before(self, row: int, code: int, kind: int, number: int) -> int:
        """The bars before bar ``number`` on which a kind fired, as bits: bit 1 is the bar just before it."""
        kept: Any = self.fired[row, code, kind]
        moved = number - int(kept["number"])
        return int(kept["bars"]) << moved & _ALL if 0 < moved < BARS else 0

    def mark_provisional(self, row: int, code: int, kind: int, number: int) -> None:
        """Records that a kind fired on bar ``number`` of a series while it is forming."""
        self.fired[row, code, kind]["provisional"] = number + 1

    def fired_provisionally(self, row: int, code: int, kind: int, number: int) -> bool:
        """Whether a kind has fired on this bar while it was forming."""
        return bool(self.fired[row, code, kind]["provisional"] == number + 1)

    def restore_series(self, row: int, code: int, fired: npt.NDArray[np.bool_], first: int) -> None:
        """Restarts a series: ``fired`` (kinds, bars) is what fired on the newest bars, from bar number ``first`` on."""
        self.fired[row, code] = np.zeros((), FIRED)
        for kind, place in np.argwhere(fired).tolist():
            self.mark(row, code, kind, first + place)
