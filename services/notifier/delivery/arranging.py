"""Arranges the due rows of a chat into few messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.domain.delivery import DeliveryRow
from services.notifier.domain.pacing import DAY, STALE, PlannedMessage, Waiting, arrange, by_thread
from services.notifier.domain.ports.chats import ChatStore
from services.notifier.domain.ports.deliveries import DeliveryQueue
from shared import wire
from shared.events import Signal
from shared.topics import SIGNALS

MACHINES: Final = frozenset({"console", "webhook"})
"""Kinds of chats that nobody reads on a phone: they get every signal by itself, at once."""
MOST: Final = 200
"""Rows of one digest."""


class Arranger:
    """Plans the messages of one run."""

    def __init__(self, deliveries: DeliveryQueue, chats: ChatStore, clock: TimeAndRandom, stale: int = STALE) -> None:
        """``stale``: age from which waiting alerts come together, milliseconds."""
        self._deliveries, self._chats, self._clock, self._stale = deliveries, chats, clock, stale

    async def plan(self, run: Sequence[DeliveryRow], until: int) -> list[PlannedMessage]:
        """The messages to send now; the other rows are postponed. ``run``: reserved rows of one chat. Raises TransientError.

        All due rows of the chat are taken, so that a digest says everything; they are reserved until ``until``.
        """
        now = self._clock.now()
        chat = await self._chats.get(run[0].channel, run[0].chat_id)
        if chat is None or not chat.active or chat.kind in MACHINES or chat.muted_until > now:
            return [PlannedMessage((row,)) for row in run]
        ours = {row.key for row in run}
        due = await self._deliveries.due_of(chat.channel, chat.chat_id, now, MOST)
        more = await self._deliveries.reserve([(row, until) for row in due if row.key not in ours])
        waiting = [Waiting(row, _signal(row)) for row in (*run, *more)]
        recent = await self._deliveries.recent_messages(chat.channel, chat.chat_id, now - DAY)
        planned = by_thread(waiting, lambda rows: arrange(rows, chat, recent, now, self._stale))
        if planned.later:
            await self._deliveries.reserve(planned.later)
        return list(planned.messages)


def _signal(row: DeliveryRow) -> Signal | None:
    if row.kind != "signal":
        return None
    try:
        return wire.decode(SIGNALS, row.body.encode())
    except wire.WireError:  # the attempt closes it with the reason
        return None
