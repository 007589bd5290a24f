"""Ways in which the stand-in fails."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["429", "403", "400", "500", "502", "401", "slow", "cut-before", "cut-after", "migrate"]


@dataclass(frozen=True)
class Fault:
    """One failure: ``value`` is retry_after, the slow answer's seconds, or the chat's new id; ``text`` a description."""

    kind: Kind
    value: float = 0
    text: str = ""


Choose = Callable[[str, dict[str, Any]], Fault | None]
"""Decides by method and arguments how a request fails."""


def by_chance(seed: int, refuse: float, cut_before: float, cut_after: float) -> Choose:
    """Fails a share of what is sent, the same for the same seed and order."""
    rng = random.Random(seed)
    shares: tuple[tuple[float, Kind], ...] = ((refuse, "429"), (cut_before, "cut-before"), (cut_after, "cut-after"))

    def choose(method: str, arguments: dict[str, Any]) -> Fault | None:
        if not method.startswith("send"):
            return None
        dice = rng.random()
        for share, kind in shares:
            if dice < share:
                return Fault(kind, 1)
            dice -= share
        return None

    return choose
