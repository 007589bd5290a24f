"""Which of the deliveries that are due to take on now, and when to look at the others again.

A chat that is held back must not hide the others: its deliveries are put off to the moments when its turn is likely, so that they
leave the front of the queue.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.notifier.domain.delivery import Delivery

ChatKey = tuple[str, str]


@dataclass(frozen=True)
class Rhythm:
    """How a channel can be used for one chat right now. Milliseconds."""

    delay: int
    """How long the chat must wait for its next message."""
    spacing: int
    """How far apart its messages are."""
    run_length: int
    """How many are taken on at once."""


@dataclass(frozen=True)
class Plan:
    """What to do with a page of due deliveries."""

    runs: tuple[tuple[Delivery, ...], ...]
    """Deliveries to take on, one tuple a chat, in their order."""
    later: tuple[tuple[Delivery, int], ...]
    """Deliveries to put off, and until when."""


def plan(page: Sequence[Delivery], rhythm: Callable[[Delivery], Rhythm], *, now: int, free: int, soon: int) -> Plan:
    """Sort a page, oldest first, into runs for at most ``free`` chats and deliveries for later. Times in milliseconds.

    A chat that must wait longer than ``soon`` is put off. What finds no place in a run stays as it is and is seen again next time.
    """
    runs: dict[ChatKey, list[Delivery]] = {}
    put_off: dict[ChatKey, int] = {}
    later = []
    for delivery in page:
        chat = (delivery.channel, delivery.chat_id)
        beat = rhythm(delivery)
        if beat.delay > soon:
            ahead = put_off.get(chat, 0)
            put_off[chat] = ahead + 1
            later.append((delivery, now + beat.delay + ahead * beat.spacing))
        elif chat in runs or len(runs) < free:
            run = runs.setdefault(chat, [])
            if len(run) < beat.run_length:
                run.append(delivery)
    return Plan(tuple(tuple(run) for run in runs.values()), tuple(later))
