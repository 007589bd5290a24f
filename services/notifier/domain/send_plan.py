"""Decides which due deliveries to send now, and when to look at the others again.

A chat at its rate limit must not block the others: its deliveries are postponed to the times when they can probably be sent, so
that they leave the front of the queue.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.notifier.domain.delivery import DeliveryRow

ChatKey = tuple[str, str]


@dataclass(frozen=True)
class ChatTiming:
    """The rate limit of one chat at this moment. Milliseconds."""

    delay: int
    """Time until the chat's next message may be sent."""
    spacing: int
    """Time between two of its messages."""
    run_length: int
    """Most deliveries in one run."""


@dataclass(frozen=True)
class SendPlan:
    """A plan for a page of due deliveries."""

    runs: tuple[tuple[DeliveryRow, ...], ...]
    """Deliveries to send now, one tuple per chat, in order."""
    later: tuple[tuple[DeliveryRow, int], ...]
    """Deliveries to postpone, and until when."""


def plan_sends(
    page: Sequence[DeliveryRow], timing_of: Callable[[DeliveryRow], ChatTiming], *, now: int, free: int, soon: int
) -> SendPlan:
    """Divide a page, oldest first, into runs for at most ``free`` chats and postponed deliveries. Times in milliseconds.

    A chat that must wait longer than ``soon`` is postponed. Deliveries without a place in a run stay due for the next page.
    """
    runs: dict[ChatKey, list[DeliveryRow]] = {}
    postponed: dict[ChatKey, int] = {}
    later = []
    for delivery in page:
        chat = (delivery.channel, delivery.chat_id)
        timing = timing_of(delivery)
        if timing.delay > soon:
            ahead = postponed.get(chat, 0)
            postponed[chat] = ahead + 1
            later.append((delivery, now + timing.delay + ahead * timing.spacing))
        elif chat in runs or len(runs) < free:
            run = runs.setdefault(chat, [])
            if len(run) < timing.run_length:
                run.append(delivery)
    return SendPlan(tuple(tuple(run) for run in runs.values()), tuple(later))
