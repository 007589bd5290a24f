"""A tape: recorded bars of several instruments, some of them to be played as ticks, some published as history before the start."""

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
    """A tape cannot be played; the message names the tape, what is wrong with it, and what helps."""


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
    """Closed bars from before the tape's start."""

    symbol: str
    exchange: str
    timeframe: Timeframe
    bars: RecordedBars
    price_factor: Floats
    """Dividends between the bar and the tape's start: adjusted price = price x factor. Shape (bars,)."""


@dataclass(frozen=True)
class Tape:
    """What is on a tape."""

    name: str
    title: str
    start: int
    """Event time at which playing starts: the opening of the first session, never within one."""
    end: int
    """Event time at which the tape is over: after its last session."""
    speed: float
    """Seconds of event time a second at which it is meant to be played."""
    digest: str
    """Hash of its content: a cursor into another edition of the tape is worth nothing."""
    recordings: tuple[Recording, ...]
    history: tuple[RecordedHistory, ...]

    @property
    def exchanges(self) -> tuple[str, ...]:
        """The exchanges whose instruments are played, in order of their names."""
        return tuple(sorted({each.exchange for each in self.recordings}))


@dataclass(frozen=True)
class TickPath:
    """Ticks of one recording, in order. All arrays have the shape (ticks,)."""

    ts: Int64s
    price: Floats
    size: Floats


def tick_path(recording: Recording) -> TickPath:
    """The ticks that a recording is played as.

    A bar does not say in which order its prices came. A rising or unchanged bar is walked open, low, high, close, a falling one
    open, high, low, close, at equal distances from its start to its end. Within a second, prices that repeat the one before are
    left out.
    Sizes are whole where the volume is, and sum to it: each tick has an equal share, rounded down, the last one the rest.

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
