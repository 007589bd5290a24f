"""Which of the deliveries that are due to take on now, and when to look at the others again.

A chat that is held back must not hide the others: its deliveries are put off to the moments when its turn is likely, so that they
leave the front of the queue.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.notifier.domain.delivery import DeliveryRow

ChatKey = tuple[str, str]


@dataclass(frozen=True)
class ChatTiming:
    """How a channel can be used for one chat right now. Milliseconds."""

    delay: int
    """How long the chat must wait for its next message."""
    spacing: int
    """How far apart its messages are."""
    run_length: int
    """How many are taken on at once."""


@dataclass(frozen=True)
class SendPlan:
    """What to do with a page of due deliveries."""

    runs: tuple[tuple[DeliveryRow, ...], ...]
    """Deliveries to take on, one tuple a chat, in their order."""
    later: tuple[tuple[DeliveryRow, int], ...]
    """Deliveries to put off, and until when."""


def plan_sends(
    page: Sequence[DeliveryRow], timing_of: Callable[[DeliveryRow], ChatTiming], *, now: int, free: int, soon: int
) -> SendPlan:
    """Sort a page, oldest first, into runs for at most ``free`` chats and deliveries for later. Times in milliseconds.

    A chat that must wait longer than ``soon`` is put off. What finds no place in a run stays as it is and is seen again next time.
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
