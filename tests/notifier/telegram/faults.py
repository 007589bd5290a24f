"""Ways in which the stand-in fails."""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["429", "403", "400", "409", "413", "500", "502", "401", "slow", "cut-before", "cut-after", "migrate"]


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


def at_limits(per_second: int) -> Choose:
    """Refuses messages as Telegram does: more than ``per_second`` overall, or more than one a second to one chat."""
    overall: deque[float] = deque(maxlen=per_second)
    newest: dict[str, float] = {}

    def choose(method: str, arguments: dict[str, Any]) -> Fault | None:
        if not method.startswith("send"):
            return None
        now, chat = time.monotonic(), str(arguments["chat_id"])
        if len(overall) == per_second and now - overall[0] < 1.0:
            return Fault("429", 1)
        if now - newest.get(chat, -1.0) < 1.0:
            return Fault("429", 1)
        overall.append(now)
        newest[chat] = now
        return None

    return choose
