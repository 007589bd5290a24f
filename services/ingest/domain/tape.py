"""A tape: recorded bars of several instruments; some are played as ticks, others are published as history before the start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from shared.events import Timeframe

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]
Resolution = Literal["1s", "1m", "1d"]

FINEST: Final[dict[Resolution, Timeframe]] = {"1s": Timeframe.M1, "1m": Timeframe.M1, "1d": Timeframe.D1}
"""Resolution of a recording -> finest timeframe that may be built from its ticks."""


class TapeError(ValueError):
    """A tape cannot be played; the message names the tape, the problem and the remedy."""


@dataclass(frozen=True)
class RecordedBars:
    """Bars of one series, oldest first. All arrays have the shape (bars,)."""

    start: Int64s
    """First millisecond of the bar."""
    end: Int64s
    """History: close of the interval. Ticks: the last millisecond that a tick of this bar may have."""
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats

    def __len__(self) -> int:
        return len(self.start)


@dataclass(frozen=True)
class Recording:
    """Bars that are played as ticks. Prices and volumes are in the shares of the tape's end (split-adjusted)."""

    symbol: str
    exchange: str
    resolution: Resolution
    bars: RecordedBars


@dataclass(frozen=True)
class RecordedHistory:
    """Closed bars before the tape's start, published as history."""

    symbol: str
    exchange: str
    timeframe: Timeframe
    bars: RecordedBars
    price_factor: Floats
    """Dividends between the bar and the tape's start: adjusted price = price x factor. Shape (bars,)."""


@dataclass(frozen=True)
class Tape:
    """The content of a tape."""

    name: str
    title: str
    start: int
    """Event time of the start: the open of the first session."""
    end: int
    """Event time of the end: the close of the last session or later."""
    speed: float
    """Default speed: seconds of event time per second."""
    digest: str
    """Hash of its content: a cursor of another edition of the tape is not valid."""
    recordings: tuple[Recording, ...]
    history: tuple[RecordedHistory, ...]

    @property
    def first(self) -> int:
        """Event time of its first bar, which may be history."""
        return min([self.start, *(int(each.bars.start[0]) for each in self.history if len(each.bars))])

    @property
    def exchanges(self) -> tuple[str, ...]:
        """The exchanges whose instruments are played, sorted by name."""
        return tuple(sorted({each.exchange for each in self.recordings}))


@dataclass(frozen=True)
class TickPath:
    """Ticks of one recording, in order. All arrays have the shape (ticks,)."""

    ts: Int64s
    price: Floats
    size: Floats


def tick_path(recording: Recording) -> TickPath:
    """Convert a recording's bars to ticks.

    A bar does not record the order of its prices. A rising or unchanged bar gives open, low, high, close, a falling one open,
    high, low, close, at equal distances from its start to its end. In one-second bars, a price equal to the previous one is
    omitted. Sizes are whole if the volume is, and sum to it: each tick has an equal share, rounded down, and the last one the
    remainder.

    >>> one = np.array([1.0])
    >>> bars = RecordedBars(np.array([0]), np.array([999]), one, one * 3, one, one * 2, one * 10)
    >>> path = tick_path(Recording("A", "NYSE", "1m", bars))
    >>> path.ts.tolist(), path.price.tolist(), path.size.tolist()
    ([0, 333, 666, 999], [1.0, 1.0, 3.0, 2.0], [2.0, 2.0, 2.0, 4.0])
    """
    bars = recording.bars
    rising = bars.close >= bars.open
    second = np.where(rising, bars.low, bars.high)
    third = np.where(rising, bars.high, bars.low)
    price = np.stack([bars.open, second, third, bars.close], axis=1)
    keep = np.ones(price.shape, dtype=bool)
    if recording.resolution == "1s":
        keep[:, 1:] = price[:, 1:] != price[:, :-1]
    count = keep.sum(axis=1)
    share = np.floor(bars.volume / count)
    size = np.repeat(share[:, None], 4, axis=1)
    newest = 3 - np.argmax(keep[:, ::-1], axis=1)
    size[np.arange(len(bars)), newest] = bars.volume - share * (count - 1)
    ts = bars.start[:, None] + (bars.end - bars.start)[:, None] * np.arange(4) // 3
    return TickPath(ts[keep], price[keep], size[keep])
