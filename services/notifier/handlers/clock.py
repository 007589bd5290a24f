"""Time and chance, as arguments."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Clock:
    """Where handlers take time and chance from."""

    now: Callable[[], int] = lambda: time.time_ns() // 1_000_000
    """Milliseconds since the epoch, UTC."""
    ticking: Callable[[], float] = time.monotonic
    """Seconds that never jump, for pace."""
    chance: Callable[[], float] = random.random
    """In [0, 1), to spread waits."""
