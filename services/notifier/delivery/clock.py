"""Time and randomness as arguments."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class TimeAndRandom:
    """The sources of time and randomness for handlers."""

    now: Callable[[], int] = lambda: time.time_ns() // 1_000_000
    """Milliseconds since the epoch, UTC."""
    ticking: Callable[[], float] = time.monotonic
    """Monotonic seconds, for rate limits."""
    chance: Callable[[], float] = random.random
    """In [0, 1), for jitter."""
